import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { MachinesModule } from '../../machines/machines.module.js';
import { ProjectsModule } from '../../projects/projects.module.js';
import { RunRecordsModule } from '../../run-records/run-records.module.js';
import { OutputModule } from '../output/output.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { FoundNames } from './found.service.js';
import { MetricChunk, MetricChunkSchema } from './metric-chunk.schema.js';
import { MetricPreviews } from './metric-preview.service.js';
import { MetricRulesDocument, MetricRulesDocumentSchema } from './metric-rules.schema.js';
import { MetricRulesService } from './metric-rules.service.js';
import { MetricSettingsController } from './metric-settings.controller.js';
import { MetricSettingsService } from './metric-settings.service.js';
import { MetricsRepository } from './metrics.repository.js';
import { MetricsService } from './metrics.service.js';
import { MetricsIngest } from './metrics-ingest.service.js';
import { ReadingThread } from './reading-thread.service.js';
import { Rereading } from './rereading.service.js';
import { RunMetricsController } from './run-metrics.controller.js';
import { RunMetricsService } from './run-metrics.service.js';

@Module({
  imports: [
    MongooseModule.forFeature([
      { name: MetricChunk.name, schema: MetricChunkSchema },
      { name: MetricRulesDocument.name, schema: MetricRulesDocumentSchema },
    ]),
    OutputModule,
    MachinesModule,
    ResourcesModule,
    ProjectsModule,
    RunRecordsModule,
  ],
  controllers: [MetricSettingsController, RunMetricsController],
  providers: [
    FoundNames,
    MetricPreviews,
    MetricRulesService,
    MetricSettingsService,
    MetricsIngest,
    MetricsRepository,
    MetricsService,
    ReadingThread,
    Rereading,
    RunMetricsService,
  ],
  exports: [MetricRulesService, MetricsIngest, Rereading],
})
export class MetricsModule {}
