import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { RunRecordsModule } from '../../run-records/run-records.module.js';
import { OutputRepository } from './output.repository.js';
import { OutputService } from './output.service.js';
import { OutputChunk, OutputChunkSchema } from './output-chunk.schema.js';
import { OutputIngest } from './output-ingest.service.js';
import { OutputRelay } from './output-relay.service.js';
import { RunOutputController } from './run-output.controller.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: OutputChunk.name, schema: OutputChunkSchema }]), RunRecordsModule],
  controllers: [RunOutputController],
  providers: [OutputRepository, OutputIngest, OutputRelay, OutputService],
  exports: [OutputIngest, OutputRelay, OutputService],
})
export class OutputModule {}
