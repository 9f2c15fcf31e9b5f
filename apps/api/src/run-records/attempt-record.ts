import { Prop, Schema } from '@nestjs/mongoose';
import { type mongo, Schema as MongooseSchema, type Types } from 'mongoose';

/** What every record that belongs to an attempt says. */
@Schema()
export abstract class AttemptRecord {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  runId!: string;

  @Prop({ type: Number, required: true })
  attempt!: number;
}

/** Something of the bytes `[from, to)` of an attempt's output. */
@Schema()
export abstract class AttemptChunk extends AttemptRecord {
  @Prop({ type: Number, required: true })
  from!: number;

  @Prop({ type: Number, required: true })
  to!: number;

  @Prop({ type: String, required: true })
  codec!: 'raw' | 'deflate';

  @Prop({ type: MongooseSchema.Types.Buffer, required: true })
  data!: Buffer | mongo.Binary;
}

/** Lean documents give binary values as the driver's own type. */
export function bytesOf(value: Buffer | mongo.Binary): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer.buffer, value.buffer.byteOffset, value.position);
}
