import { Module } from '@nestjs/common';
import { BlobCollectorService } from './blob-collector.service.js';
import { BlobsService } from './blobs.service.js';
import { IncomingBlobs } from './incoming-blobs.service.js';
import { ZipsService } from './zips.service.js';

@Module({
  providers: [BlobsService, IncomingBlobs, BlobCollectorService, ZipsService],
  exports: [BlobsService, IncomingBlobs, BlobCollectorService, ZipsService],
})
export class BlobsModule {}
