import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, type mongo, type Types } from 'mongoose';
import type { ResourceName } from '@mle/protocol';

/** What one attempt and its machine used, all of it. */
@Schema({ collection: 'resource_records', versionKey: false })
export class ResourceRecord {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  runId!: string;

  @Prop({ type: Number, required: true })
  attempt!: number;

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
