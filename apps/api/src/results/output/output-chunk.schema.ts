import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { type mongo, Schema as MongooseSchema } from 'mongoose';
import { AttemptChunk } from '../../run-records/attempt-record.js';

/**
 * Bytes `[from, to)` of an attempt's output. Chunks may overlap for a moment, while small ones are merged;
 * the same offset always holds the same byte, so that a reader skips what it has.
 */
@Schema({ collection: 'output_chunks', versionKey: false })
export class OutputChunk extends AttemptChunk {
  /** Line feeds among the bytes. */
  @Prop({ type: Number, required: true })
  lines!: number;

  /** Packed by segment-codec.ts. */
  @Prop({ type: MongooseSchema.Types.Buffer, required: true })
  segments!: Buffer | mongo.Binary;
}
export const OutputChunkSchema = SchemaFactory.createForClass(OutputChunk);
OutputChunkSchema.index({ runId: 1, attempt: 1, from: 1 }, { unique: true });
