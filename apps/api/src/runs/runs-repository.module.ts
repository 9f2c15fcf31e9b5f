import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { Run, RunSchema } from './run.schema.js';
import { RunsRepository } from './runs.repository.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: Run.name, schema: RunSchema }])],
  providers: [RunsRepository],
  exports: [RunsRepository],
})
export class RunsRepositoryModule {}
