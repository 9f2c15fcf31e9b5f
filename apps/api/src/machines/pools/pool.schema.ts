import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import type { Types } from 'mongoose';

/** Which machines are in it the machines say: `poolIds`. */
@Schema({ collection: 'pools', versionKey: false })
export class Pool {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  name!: string;

  /** The name as it is compared: no two pools differ in case only. */
  @Prop({ type: String, required: true })
  nameKey!: string;

  @Prop({ type: Date, required: true })
  createdAt!: Date;
}
export const PoolSchema = SchemaFactory.createForClass(Pool);
PoolSchema.index({ nameKey: 1 }, { unique: true });
