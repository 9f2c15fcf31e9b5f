import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import type { Types } from 'mongoose';

/** A project that is gone, while what belonged to it is removed. Its id is the project's. */
@Schema({ collection: 'deleted_projects', versionKey: false })
export class DeletedProject {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  ownerId!: string;

  @Prop({ type: Date, required: true })
  deletedAt!: Date;
}
export const DeletedProjectSchema = SchemaFactory.createForClass(DeletedProject);
DeletedProjectSchema.index({ ownerId: 1 });
