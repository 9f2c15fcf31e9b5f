import { Module } from '@nestjs/common';
import { UsersModule } from '../../accounts/users/users.module.js';
import { MachinesModule } from '../../machines/machines.module.js';
import { QuotasModule } from '../../platform/quotas/quotas.module.js';
import { FilesModule } from '../../projects/files/files.module.js';
import { KnobsModule } from '../../projects/knobs/knobs.module.js';
import { ProjectsModule } from '../../projects/projects.module.js';
import { SnapshotsModule } from '../../projects/snapshots/snapshots.module.js';
import { ResultsModule } from '../../results/results.module.js';
import { RunRecordsModule } from '../../run-records/run-records.module.js';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { FoldedRuns } from '../table/folded-runs.service.js';
import { RunCsv } from '../table/run-csv.service.js';
import { RunGroupsService } from '../table/run-groups.service.js';
import { RunTableController } from '../table/run-table.controller.js';
import { RunTable } from '../table/run-table.service.js';
import { WaitingModule } from '../waiting/waiting.module.js';
import { Aftermath } from './aftermath.service.js';
import { AttemptClaims } from './attempt-claims.service.js';
import { AttemptEndings } from './attempt-endings.service.js';
import { DialRuns } from './dial-runs.service.js';
import { MachineJournals } from './machine-journals.service.js';
import { MetricNotes } from './metric-notes.service.js';
import { ParamsGiver } from './params-giver.service.js';
import { Reconciler } from './reconciler.service.js';
import { Retention } from './retention.service.js';
import { RunComparison } from './run-comparison.service.js';
import { RunDiffs } from './run-diffs.service.js';
import { RunDrafts } from './run-drafts.service.js';
import { RunRemover } from './run-remover.service.js';
import { RunStarter } from './run-starter.service.js';
import { RunStopper } from './run-stopper.service.js';
import { RunsController } from './runs.controller.js';
import { RunsService } from './runs.service.js';
import { TargetsService } from './targets.service.js';

@Module({
  imports: [
    UsersModule,
    DispatchModule,
    FilesModule,
    KnobsModule,
    MachinesModule,
    ProjectsModule,
    QuotasModule,
    ResultsModule,
    RunRecordsModule,
    SnapshotsModule,
    WaitingModule,
  ],
  // Ahead of the one that takes the second part of the path for an id.
  controllers: [RunTableController, RunsController],
  providers: [
    Aftermath,
    AttemptClaims,
    AttemptEndings,
    DialRuns,
    MachineJournals,
    MetricNotes,
    Reconciler,
    RunComparison,
    ParamsGiver,
    Retention,
    RunDiffs,
    RunDrafts,
    RunRemover,
    RunStarter,
    RunStopper,
    RunsService,
    FoldedRuns,
    RunTable,
    RunGroupsService,
    RunCsv,
    TargetsService,
  ],
  exports: [
    AttemptClaims,
    AttemptEndings,
    MachineJournals,
    ParamsGiver,
    RunDrafts,
    RunRecordsModule,
    RunRemover,
    RunStarter,
    RunStopper,
    RunsService,
    TargetsService,
  ],
})
export class RunsModule {}
