import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** Which process of the server acts on the cloud. */
@Schema({ collection: 'cloud_leases', versionKey: false })
export class CloudLease {
  @Prop({ type: String, required: true })
  _id!: string;

  @Prop({ type: String, required: true })
  holder!: string;

  @Prop({ type: Date, required: true })
  until!: Date;
}
export const CloudLeaseSchema = SchemaFactory.createForClass(CloudLease);

/** A machine of this installation that no instance knows, since when it is seen. */
@Schema({ collection: 'cloud_strangers', versionKey: false })
export class CloudStranger {
  /** Its id at the provider. */
  @Prop({ type: String, required: true })
  _id!: string;

  @Prop({ type: Date, required: true })
  since!: Date;
}
export const CloudStrangerSchema = SchemaFactory.createForClass(CloudStranger);
