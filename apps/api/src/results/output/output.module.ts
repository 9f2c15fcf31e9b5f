import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { OutputChunk, OutputChunkSchema } from './output-chunk.schema.js';
import { OutputIngest } from './output-ingest.service.js';
import { OutputRelay } from './output-relay.service.js';
import { OutputRepository } from './output.repository.js';
import { OutputService } from './output.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: OutputChunk.name, schema: OutputChunkSchema }])],
  providers: [OutputRepository, OutputIngest, OutputRelay, OutputService],
  exports: [OutputIngest, OutputRelay, OutputService],
})
export class OutputModule {}
