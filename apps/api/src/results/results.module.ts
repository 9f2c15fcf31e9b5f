import { Module } from '@nestjs/common';
import { ArtifactsModule } from './artifacts/artifacts.module.js';
import { AttemptResults } from './attempt-results.service.js';
import { FailuresModule } from './failures/failures.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OutputModule } from './output/output.module.js';
import { ResourcesModule } from './resources/resources.module.js';

/** What a run leaves: output, metrics, resources, artifacts. */
@Module({
  imports: [ArtifactsModule, FailuresModule, MetricsModule, OutputModule, ResourcesModule],
  providers: [AttemptResults],
  exports: [ArtifactsModule, AttemptResults, MetricsModule, OutputModule, ResourcesModule],
})
export class ResultsModule {}
