import { Module } from '@nestjs/common';
import { MachinesModule } from '../../machines/machines.module.js';
import { FilesModule } from '../../projects/files/files.module.js';
import { ProjectsModule } from '../../projects/projects.module.js';
import { SnapshotsModule } from '../../projects/snapshots/snapshots.module.js';
import { ArtifactsModule } from '../../results/artifacts/artifacts.module.js';
import { MetricsModule } from '../../results/metrics/metrics.module.js';
import { OutputModule } from '../../results/output/output.module.js';
import { ResourcesModule } from '../../results/resources/resources.module.js';
import { RunRecordsModule } from '../../run-records/run-records.module.js';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { WaitingModule } from '../waiting/waiting.module.js';
import { MetricNotes } from './metric-notes.service.js';
import { Reconciler } from './reconciler.service.js';
import { RunLifecycle } from './run-lifecycle.service.js';
import { RunStarter } from './run-starter.service.js';
import { RunStopper } from './run-stopper.service.js';
import { RunsController } from './runs.controller.js';
import { RunsService } from './runs.service.js';
import { TargetsService } from './targets.service.js';

@Module({
  imports: [
    ArtifactsModule,
    DispatchModule,
    FilesModule,
    MachinesModule,
    MetricsModule,
    OutputModule,
    ProjectsModule,
    ResourcesModule,
    RunRecordsModule,
    SnapshotsModule,
    WaitingModule,
  ],
  controllers: [RunsController],
  providers: [Reconciler, RunLifecycle, MetricNotes, RunStarter, RunStopper, RunsService, TargetsService],
  exports: [RunLifecycle, RunRecordsModule, RunsService],
})
export class RunsModule {}
