import { Module } from '@nestjs/common';
import { BlobCollectorService } from './blob-collector.service.js';
import { BlobsService } from './blobs.service.js';
import { IncomingBlobs } from './incoming-blobs.service.js';

@Module({
  providers: [BlobsService, IncomingBlobs, BlobCollectorService],
  exports: [BlobsService, IncomingBlobs, BlobCollectorService],
})
export class BlobsModule {}
