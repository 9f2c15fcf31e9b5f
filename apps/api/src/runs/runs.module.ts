import { Module } from '@nestjs/common';
import { FilesModule } from '../files/files.module.js';
import { MachinesModule } from '../machines/machines.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { OutputModule } from '../output/output.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { SnapshotsModule } from '../snapshots/snapshots.module.js';
import { Reconciler } from './reconciler.service.js';
import { RunLifecycle } from './run-lifecycle.service.js';
import { RunMetricsController } from './run-metrics.controller.js';
import { RunMetricsService } from './run-metrics.service.js';
import { RunOutputController } from './run-output.controller.js';
import { RunsController } from './runs.controller.js';
import { RunsRepositoryModule } from './runs-repository.module.js';
import { RunsService } from './runs.service.js';
import { TargetsService } from './targets.service.js';
import { WaitingService } from './waiting.service.js';

@Module({
  imports: [RunsRepositoryModule, FilesModule, MachinesModule, MetricsModule, OutputModule, ProjectsModule, QueueModule, SnapshotsModule],
  controllers: [RunsController, RunMetricsController, RunOutputController],
  providers: [Reconciler, RunLifecycle, RunMetricsService, RunsService, TargetsService, WaitingService],
  exports: [RunLifecycle, RunsRepositoryModule, RunsService],
})
export class RunsModule {}
