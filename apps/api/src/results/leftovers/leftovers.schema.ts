import type { Leftover } from '@mle/protocol';
import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema } from 'mongoose';
import { AttemptRecord } from '../../run-records/attempt-record.js';

/** What an attempt left in its workspace, as its machine listed it at the end. */
@Schema({ collection: 'leftovers', versionKey: false })
export class AttemptLeftoversModel extends AttemptRecord {
  @Prop({ type: String, required: true })
  machineId!: string;

  /** With the project it names the workspace. */
  @Prop({ type: Number, required: true })
  slot!: number;

  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  items!: Leftover[];

  @Prop({ type: Boolean, required: true })
  truncated!: boolean;

  /** Until then the machine may store files of the ended attempt, because a person asked to keep them. */
  @Prop({ type: Date, default: null })
  keepUntil!: Date | null;
}
export const AttemptLeftoversSchema = SchemaFactory.createForClass(AttemptLeftoversModel);
AttemptLeftoversSchema.index({ runId: 1, attempt: 1 }, { unique: true });
