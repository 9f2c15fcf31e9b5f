import type { InstanceProvider, InstanceState, InstanceView } from '@mle/protocol';
import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, type Types } from 'mongoose';

/** What shall become of an instance. */
export type Wanted = 'running' | 'stopped' | 'gone';

@Schema({ collection: 'instances', versionKey: false })
export class Instance {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  provider!: InstanceProvider;

  @Prop({ type: String, required: true })
  name!: string;

  @Prop({ type: String, required: true })
  type!: string;

  /** Processors of this computer; null: all. */
  @Prop({ type: [Number], default: null })
  cpus!: number[] | null;

  @Prop({ type: String, required: true })
  wanted!: Wanted;

  /** As it was seen last. */
  @Prop({ type: String, required: true })
  state!: InstanceState;

  /** One of the places that the budget allows, while it lives: no two instances have the same. */
  @Prop({ type: Number })
  place?: number;

  /** It has a place and is not launched: the others of its launch have none yet, and it may go again. */
  @Prop({ type: Boolean, default: false })
  held!: boolean;

  /** Of the request and its part, so that a repetition launches nothing. */
  @Prop({ type: String })
  requestKey?: string;

  @Prop({ type: [String], default: [] })
  poolIds!: string[];

  @Prop({ type: MongooseSchema.Types.Mixed, default: [] })
  phases!: { name: InstanceState; at: Date }[];

  @Prop({ type: Date, required: true })
  requestedAt!: Date;

  /** When it was last wanted to run. */
  @Prop({ type: Date, required: true })
  startedAt!: Date;

  @Prop({ type: Date, default: null })
  readyAt!: Date | null;

  @Prop({ type: Date, required: true })
  endsAt!: Date;

  @Prop({ type: Date, default: null })
  endedAt!: Date | null;

  @Prop({ type: Number, default: null })
  idleMinutes!: number | null;

  /** When a run was last seen on it. */
  @Prop({ type: Date, default: null })
  busyAt!: Date | null;

  /** Since when it takes no more runs because it was idle: it stops at the next look, unless one has come before. */
  @Prop({ type: Date, default: null })
  restsAt!: Date | null;

  @Prop({ type: String, default: null })
  reason!: string | null;

  @Prop({ type: MongooseSchema.Types.Mixed, default: null })
  problem!: InstanceView['problem'];
}
export const InstanceSchema = SchemaFactory.createForClass(Instance);
InstanceSchema.index({ place: 1 }, { unique: true, partialFilterExpression: { place: { $type: 'number' } } });
InstanceSchema.index({ requestKey: 1 }, { unique: true, partialFilterExpression: { requestKey: { $type: 'string' } } });
InstanceSchema.index({ endedAt: 1 });
