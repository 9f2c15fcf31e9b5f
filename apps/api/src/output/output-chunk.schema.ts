import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, type mongo, type Types } from 'mongoose';

/**
 * Bytes `[from, to)` of an attempt's output. Chunks may overlap for a moment, while small ones are merged;
 * the same offset always holds the same byte, so that a reader skips what it has.
 */
@Schema({ collection: 'output_chunks', versionKey: false })
export class OutputChunk {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  runId!: string;

  @Prop({ type: Number, required: true })
  attempt!: number;

  @Prop({ type: Number, required: true })
  from!: number;

  @Prop({ type: Number, required: true })
  to!: number;

  /** Line feeds among the bytes. */
  @Prop({ type: Number, required: true })
  lines!: number;

  @Prop({ type: String, required: true })
  codec!: 'raw' | 'deflate';

  /** Packed by segment-codec.ts. */
  @Prop({ type: MongooseSchema.Types.Buffer, required: true })
  segments!: Buffer | mongo.Binary;

  @Prop({ type: MongooseSchema.Types.Buffer, required: true })
  data!: Buffer | mongo.Binary;
}
export const OutputChunkSchema = SchemaFactory.createForClass(OutputChunk);
OutputChunkSchema.index({ runId: 1, attempt: 1, from: 1 }, { unique: true });
