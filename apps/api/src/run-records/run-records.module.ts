import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { QuotasModule } from '../platform/quotas/quotas.module.js';
import { AttemptFence } from './attempt-fence.service.js';
import { DeletedProject, DeletedProjectSchema } from './deleted-project.schema.js';
import { DeletedProjectsRepository } from './deleted-projects.repository.js';
import { OwnedRunsRepository } from './owned-runs.repository.js';
import { OwnedRuns } from './owned-runs.service.js';
import { Run, RunSchema } from './run.schema.js';
import { RunComparisonsRepository } from './run-comparisons.repository.js';
import { RunHooks } from './run-hooks.js';
import { RunLinesRepository } from './run-lines.repository.js';
import { RunReadingsRepository } from './run-readings.repository.js';
import { RunSizes } from './run-sizes.service.js';
import { RunTimesRepository } from './run-times.repository.js';
import { RunsRepository } from './runs.repository.js';
import { TrialsRepository } from './trials.repository.js';

@Module({
  imports: [
    QuotasModule,
    MongooseModule.forFeature([
      { name: Run.name, schema: RunSchema },
      { name: DeletedProject.name, schema: DeletedProjectSchema },
    ]),
  ],
  providers: [
    AttemptFence,
    DeletedProjectsRepository,
    OwnedRuns,
    OwnedRunsRepository,
    RunComparisonsRepository,
    RunHooks,
    RunLinesRepository,
    RunSizes,
    RunReadingsRepository,
    RunTimesRepository,
    RunsRepository,
    TrialsRepository,
  ],
  exports: [
    AttemptFence,
    DeletedProjectsRepository,
    OwnedRuns,
    OwnedRunsRepository,
    RunComparisonsRepository,
    RunHooks,
    RunLinesRepository,
    RunSizes,
    RunReadingsRepository,
    RunTimesRepository,
    RunsRepository,
    TrialsRepository,
  ],
})
export class RunRecordsModule {}
