import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema } from 'mongoose';
import { AttemptChunk } from '../../run-records/attempt-record.js';
import type { ReaderState } from './reader/output-reader.js';

/**
 * The points that the bytes `[from, to)` of an attempt's output made. Each chunk begins where the one before it ends,
 * so that no byte makes a point twice; while small chunks are merged they may overlap for a moment, and a reader skips
 * what it has. `data` is packed by metric-points.ts.
 */
@Schema({ collection: 'metric_chunks', versionKey: false, minimize: false })
export class MetricChunk extends AttemptChunk {
  /** The attempt is over: what follows `to` makes no points. */
  @Prop({ type: Boolean, required: true })
  final!: boolean;

  /** How to go on at `to`. */
  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  state!: ReaderState;

  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  heads!: { name: string; axis: number; count: number }[];

  @Prop({ type: Number, required: true })
  points!: number;
}
export const MetricChunkSchema = SchemaFactory.createForClass(MetricChunk);
MetricChunkSchema.index({ runId: 1, attempt: 1, from: 1 }, { unique: true });
