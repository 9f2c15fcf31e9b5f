import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { MachinesModule } from '../../machines/machines.module.js';
import { RunRecordsModule } from '../../run-records/run-records.module.js';
import { OutputModule } from '../output/output.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { MetricChunk, MetricChunkSchema } from './metric-chunk.schema.js';
import { MetricsRepository } from './metrics.repository.js';
import { MetricsService } from './metrics.service.js';
import { MetricsIngest } from './metrics-ingest.service.js';
import { ReadingThread } from './reading-thread.service.js';
import { RunMetricsController } from './run-metrics.controller.js';
import { RunMetricsService } from './run-metrics.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([{ name: MetricChunk.name, schema: MetricChunkSchema }]),
    OutputModule,
    MachinesModule,
    ResourcesModule,
    RunRecordsModule,
  ],
  controllers: [RunMetricsController],
  providers: [MetricsIngest, MetricsRepository, MetricsService, ReadingThread, RunMetricsService],
  exports: [MetricsIngest],
})
export class MetricsModule {}
