import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** Another server whose mark machines of this installation carry. */
@Schema({ collection: 'cloud_servers', versionKey: false })
export class OtherServer {
  /** Its mark. */
  @Prop({ type: String, required: true })
  _id!: string;

  /** Its machines are this server's now: an administrator said so. */
  @Prop({ type: Boolean, required: true })
  replaced!: boolean;
}
export const OtherServerSchema = SchemaFactory.createForClass(OtherServer);
