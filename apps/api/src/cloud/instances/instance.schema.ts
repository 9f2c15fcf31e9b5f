import type { Buy, InstanceProvider, InstanceState, InstanceView, Way } from '@mle/protocol';
import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, type Types } from 'mongoose';

/** What shall become of an instance. */
export type Wanted = 'running' | 'stopped' | 'gone';

/** Dollars per hour. */
export interface HourlyPrice {
  /** While it runs. */
  compute: number;
  address: number;
  /** Also while it is stopped. */
  disk: number;
  /** The most that it may cost in an hour, whatever it becomes. */
  worst: number;
}

/** A type that may be taken where no zone has the wanted one, in dollars per hour; null: nobody says. */
export interface AlternativeType {
  type: string;
  onDemand: number;
  spot: number | null;
}

/** One request for one machine. */
export interface LaunchAttempt {
  token: string;
  at: Date;
  /** How often it was sent without a clear answer. */
  unclear: number;
}

@Schema({ collection: 'instances', versionKey: false })
export class Instance {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  provider!: InstanceProvider;

  /** Who launched it. */
  @Prop({ type: String, default: null })
  ownerId!: string | null;

  @Prop({ type: String, required: true })
  name!: string;

  @Prop({ type: String, required: true })
  type!: string;

  @Prop({ type: MongooseSchema.Types.Mixed, default: [] })
  alternatives!: AlternativeType[];

  /** Processors of this computer; null: all. */
  @Prop({ type: [Number], default: null })
  cpus!: number[] | null;

  @Prop({ type: String, default: null })
  region!: string | null;

  @Prop({ type: String, default: null })
  image!: string | null;

  @Prop({ type: String, default: 'on-demand' })
  buy!: Buy;

  @Prop({ type: Boolean, default: false })
  fallBack!: boolean;

  @Prop({ type: String, default: 'join' })
  way!: Way;

  /** By which the internet reaches it. */
  @Prop({ type: String, default: null })
  address!: string | null;

  /** For the first exchange with a machine that is dialled, sealed; null: it is over, or not prepared. */
  @Prop({ type: String, default: null })
  introduction!: string | null;

  @Prop({ type: Number, default: 0 })
  diskGb!: number;

  @Prop({ type: MongooseSchema.Types.Mixed, default: { compute: 0, address: 0, disk: 0, worst: 0 } })
  price!: HourlyPrice;

  /** The try to launch it whose answer may not have come; its token makes a repetition harmless. */
  @Prop({ type: MongooseSchema.Types.Mixed, default: null })
  attempt!: LaunchAttempt | null;

  /** Places that had nothing for it. */
  @Prop({ type: Number, default: 0 })
  passedOver!: number;

  /** Its id at the provider, once it was launched. */
  @Prop({ type: String, default: null })
  providerId!: string | null;

  @Prop({ type: String, default: null })
  zone!: string | null;

  /** The machine that it became. It stays here when that is removed. */
  @Prop({ type: String, default: null })
  machineId!: string | null;

  /** When it ran, for what it costs; the last has no end while it runs. */
  @Prop({ type: MongooseSchema.Types.Mixed, default: [] })
  ran!: { from: Date; to: Date | null }[];

  @Prop({ type: String, required: true })
  wanted!: Wanted;

  /** As it was seen last. */
  @Prop({ type: String, required: true })
  state!: InstanceState;

  /** It is counted and not launched: whether its launch is within the budget is still to be settled. */
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
InstanceSchema.index({ requestKey: 1 }, { unique: true, partialFilterExpression: { requestKey: { $type: 'string' } } });
InstanceSchema.index({ endedAt: 1 });
