import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** There is one, of the installation. */
@Schema({ collection: 'aws_settings', versionKey: false })
export class StoredAwsSettings {
  @Prop({ type: String, required: true })
  _id!: string;

  @Prop({ type: String, required: true })
  region!: string;

  /** Null: the server's own surroundings give the keys. */
  @Prop({ type: String, default: null })
  accessKeyId!: string | null;

  /** The secret key under the installation's secret key. */
  @Prop({ type: String, default: null })
  sealedSecret!: string | null;

  /** The public address of this server as a person gave it. Absent: it is asked for. */
  @Prop({ type: String, default: null })
  ownAddress?: string | null;
}
export const AwsSettingsModelSchema = SchemaFactory.createForClass(StoredAwsSettings);
