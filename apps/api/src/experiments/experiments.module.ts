import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { CloudModule } from '../cloud/cloud.module.js';
import { MachinesModule } from '../machines/machines.module.js';
import { FilesModule } from '../projects/files/files.module.js';
import { KnobsModule } from '../projects/knobs/knobs.module.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { SnapshotsModule } from '../projects/snapshots/snapshots.module.js';
import { ResultsModule } from '../results/results.module.js';
import { RunRecordsModule } from '../run-records/run-records.module.js';
import { RunsModule } from '../runs/life/runs.module.js';
import { EvidenceController } from './evidence/evidence.controller.js';
import { EvidenceService } from './evidence/evidence.service.js';
import { Goals } from './evidence/goals.service.js';
import { BaselineRuns } from './sweeps/baseline-runs.service.js';
import { Sweep, SweepSchema } from './sweeps/sweep.schema.js';
import { SweepDrafts } from './sweeps/sweep-drafts.service.js';
import { SweepKeeper } from './sweeps/sweep-keeper.service.js';
import { SweepLimitsService } from './sweeps/sweep-limits.service.js';
import { SweepsController } from './sweeps/sweeps.controller.js';
import { SweepsRepository } from './sweeps/sweeps.repository.js';
import { SweepsService } from './sweeps/sweeps.service.js';
import { Trials } from './sweeps/trials.service.js';

/** What many runs tell together: sweeps of them, and evidence for the effect of a knob. */
@Module({
  imports: [
    MongooseModule.forFeature([{ name: Sweep.name, schema: SweepSchema }]),
    CloudModule,
    FilesModule,
    KnobsModule,
    MachinesModule,
    ProjectsModule,
    ResultsModule,
    RunRecordsModule,
    RunsModule,
    SnapshotsModule,
  ],
  controllers: [EvidenceController, SweepsController],
  providers: [
    BaselineRuns,
    EvidenceService,
    Goals,
    SweepDrafts,
    SweepKeeper,
    SweepLimitsService,
    SweepsRepository,
    SweepsService,
    Trials,
  ],
})
export class ExperimentsModule {}
