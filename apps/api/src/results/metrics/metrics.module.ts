import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { OutputModule } from '../output/output.module.js';
import { MetricChunk, MetricChunkSchema } from './metric-chunk.schema.js';
import { MetricsIngest } from './metrics-ingest.service.js';
import { MetricsRepository } from './metrics.repository.js';
import { MetricsService } from './metrics.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: MetricChunk.name, schema: MetricChunkSchema }]), OutputModule],
  providers: [MetricsIngest, MetricsRepository, MetricsService],
  exports: [MetricsIngest, MetricsService],
})
export class MetricsModule {}
