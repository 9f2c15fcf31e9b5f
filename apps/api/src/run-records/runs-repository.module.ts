import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { Run, RunSchema } from './run.schema.js';
import { RunLinesRepository } from './run-lines.repository.js';
import { RunsRepository } from './runs.repository.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: Run.name, schema: RunSchema }])],
  providers: [RunLinesRepository, RunsRepository],
  exports: [RunLinesRepository, RunsRepository],
})
export class RunsRepositoryModule {}
