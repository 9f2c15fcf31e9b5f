import { Module } from '@nestjs/common';
import { FilesModule } from '../files/files.module.js';
import { MachinesModule } from '../machines/machines.module.js';
import { OutputModule } from '../output/output.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { SnapshotsModule } from '../snapshots/snapshots.module.js';
import { Reconciler } from './reconciler.service.js';
import { RunLifecycle } from './run-lifecycle.service.js';
import { RunOutputController } from './run-output.controller.js';
import { RunsController } from './runs.controller.js';
import { RunsRepositoryModule } from './runs-repository.module.js';
import { RunsService } from './runs.service.js';
import { TargetsService } from './targets.service.js';
import { WaitingService } from './waiting.service.js';

@Module({
  imports: [RunsRepositoryModule, FilesModule, MachinesModule, OutputModule, ProjectsModule, QueueModule, SnapshotsModule],
  controllers: [RunsController, RunOutputController],
  providers: [Reconciler, RunLifecycle, RunsService, TargetsService, WaitingService],
  exports: [RunLifecycle, RunsRepositoryModule, RunsService],
})
export class RunsModule {}
