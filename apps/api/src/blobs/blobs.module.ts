import { Module } from '@nestjs/common';
import { BlobCollectorService } from './blob-collector.service.js';
import { BlobsService } from './blobs.service.js';

@Module({ providers: [BlobsService, BlobCollectorService], exports: [BlobsService, BlobCollectorService] })
export class BlobsModule {}
