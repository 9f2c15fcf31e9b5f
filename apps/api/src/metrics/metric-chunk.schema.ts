import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, type mongo, type Types } from 'mongoose';
import type { ParserState } from './metric-parser.js';

/**
 * The points that the bytes `[from, to)` of an attempt's output made. Each chunk begins where the one before it ends, so that
 * no byte makes a point twice; while small chunks are merged they may overlap for a moment, and a reader skips what it has.
 */
@Schema({ collection: 'metric_chunks', versionKey: false, minimize: false })
export class MetricChunk {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  runId!: string;

  @Prop({ type: Number, required: true })
  attempt!: number;

  @Prop({ type: Number, required: true })
  from!: number;

  @Prop({ type: Number, required: true })
  to!: number;

  /** The attempt is over: what follows `to` makes no points. */
  @Prop({ type: Boolean, required: true })
  final!: boolean;

  /** How to go on at `to`. */
  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  state!: ParserState;

  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  heads!: { name: string; axis: number; count: number }[];

  @Prop({ type: Number, required: true })
  points!: number;

  @Prop({ type: String, required: true })
  codec!: 'raw' | 'deflate';

  /** Packed by metric-points.ts. */
  @Prop({ type: MongooseSchema.Types.Buffer, required: true })
  data!: Buffer | mongo.Binary;
}
export const MetricChunkSchema = SchemaFactory.createForClass(MetricChunk);
MetricChunkSchema.index({ runId: 1, attempt: 1, from: 1 }, { unique: true });
