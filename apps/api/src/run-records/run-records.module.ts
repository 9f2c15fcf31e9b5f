import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { AttemptFence } from './attempt-fence.service.js';
import { OwnedRuns } from './owned-runs.service.js';
import { Run, RunSchema } from './run.schema.js';
import { RunHooks } from './run-hooks.js';
import { RunLinesRepository } from './run-lines.repository.js';
import { RunsRepository } from './runs.repository.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: Run.name, schema: RunSchema }])],
  providers: [AttemptFence, OwnedRuns, RunHooks, RunLinesRepository, RunsRepository],
  exports: [AttemptFence, OwnedRuns, RunHooks, RunLinesRepository, RunsRepository],
})
export class RunRecordsModule {}
