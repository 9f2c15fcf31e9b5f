import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** There is one, of the installation. */
@Schema({ collection: 'quotas', versionKey: false })
export class StoredQuotas {
  @Prop({ type: String, required: true })
  _id!: string;

  @Prop({ type: Number, required: true })
  projects!: number;

  @Prop({ type: Number, required: true })
  runs!: number;

  @Prop({ type: Number, required: true })
  bytes!: number;

  @Prop({ type: Number, default: null })
  keepRuns!: number | null;

  @Prop({ type: Number, default: null })
  keepRunBytes!: number | null;
}
export const QuotasModelSchema = SchemaFactory.createForClass(StoredQuotas);

/** What a user keeps: raised where something is made, and counted anew in the background. */
@Schema({ collection: 'usages', versionKey: false })
export class StoredUsage {
  /** The user's id. */
  @Prop({ type: String, required: true })
  _id!: string;

  @Prop({ type: Number, default: 0 })
  runs!: number;

  /** How often it was counted: of two counts that began at once one is taken. */
  @Prop({ type: Number, default: 0 })
  count!: number;

  @Prop({ type: Number, default: 0 })
  runBytes!: number;

  @Prop({ type: Number, default: 0 })
  fileBytes!: number;
}
export const UsageModelSchema = SchemaFactory.createForClass(StoredUsage);
