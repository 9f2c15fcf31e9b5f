import { Module } from '@nestjs/common';
import { ArtifactsModule } from '../../results/artifacts/artifacts.module.js';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { FilesModule } from '../../projects/files/files.module.js';
import { MachinesModule } from '../../machines/machines.module.js';
import { MetricsModule } from '../../results/metrics/metrics.module.js';
import { OutputModule } from '../../results/output/output.module.js';
import { PoolsRepositoryModule } from '../../machines/pools/pools-repository.module.js';
import { ProjectsModule } from '../../projects/projects.module.js';
import { QueueModule } from '../../machines/queue/queue.module.js';
import { ResourcesModule } from '../../results/resources/resources.module.js';
import { SnapshotsModule } from '../../projects/snapshots/snapshots.module.js';
import { WaitingModule } from '../waiting/waiting.module.js';
import { Reconciler } from './reconciler.service.js';
import { RunLifecycle } from './run-lifecycle.service.js';
import { RunMetricsController } from '../../results/metrics/run-metrics.controller.js';
import { RunMetricsService } from '../../results/metrics/run-metrics.service.js';
import { RunOutputController } from '../../results/output/run-output.controller.js';
import { RunStarter } from './run-starter.service.js';
import { RunStopper } from './run-stopper.service.js';
import { RunsController } from './runs.controller.js';
import { RunsRepositoryModule } from '../../run-records/runs-repository.module.js';
import { RunsService } from './runs.service.js';
import { TargetsService } from './targets.service.js';

@Module({
  imports: [ArtifactsModule, DispatchModule, FilesModule, MachinesModule, MetricsModule, OutputModule, PoolsRepositoryModule, ProjectsModule, QueueModule, ResourcesModule, RunsRepositoryModule, SnapshotsModule, WaitingModule],
  controllers: [RunsController, RunMetricsController, RunOutputController],
  providers: [Reconciler, RunLifecycle, RunMetricsService, RunStarter, RunStopper, RunsService, TargetsService],
  exports: [RunLifecycle, RunsRepositoryModule, RunsService],
})
export class RunsModule {}
