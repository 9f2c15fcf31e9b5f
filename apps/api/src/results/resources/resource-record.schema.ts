import type { ResourceName } from '@mle/protocol';
import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { type mongo, Schema as MongooseSchema } from 'mongoose';
import { AttemptRecord } from '../../run-records/attempt-record.js';

/** What one attempt and its machine used, all of it. */
@Schema({ collection: 'resource_records', versionKey: false })
export class ResourceRecord extends AttemptRecord {
  @Prop({ type: Number, required: true })
  stride!: number;

  @Prop({ type: [String], required: true })
  names!: ResourceName[];

  /** Float64 columns of equal length: the times, then one for each name. */
  @Prop({ type: MongooseSchema.Types.Buffer, required: true })
  data!: Buffer | mongo.Binary;
}
export const ResourceRecordSchema = SchemaFactory.createForClass(ResourceRecord);
ResourceRecordSchema.index({ runId: 1, attempt: 1 }, { unique: true });
