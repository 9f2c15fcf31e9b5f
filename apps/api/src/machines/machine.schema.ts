import type { Inventory, Load, MachineProvider, Properties } from '@mle/protocol';
import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, type Types } from 'mongoose';

/** How the server dials a machine, and which replica does. */
export interface MachineDial {
  url: string;
  fingerprint: string;
  /** The worker's token under the installation's secret key. */
  sealedToken: string;
  error: string | null;
  holder: string | null;
  heldUntil: Date | null;
}

@Schema({ collection: 'machines', versionKey: false })
export class Machine {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  name!: string;

  @Prop({ type: String, required: true })
  provider!: MachineProvider;

  /** SHA-256 of the worker's credential. */
  @Prop({ type: String, required: true })
  credentialHash!: string;

  @Prop({ type: Number, default: 1 })
  slots!: number;

  @Prop({ type: [String], default: [] })
  labels!: string[];

  /** The pools that it is a member of. */
  @Prop({ type: [String], default: [] })
  poolIds!: string[];

  @Prop({ type: Boolean, default: false })
  draining!: boolean;

  /** Null: nobody has decided. Absent in machines of an earlier version. */
  @Prop({ type: Boolean, default: null })
  takesMembers?: boolean | null;

  /** Null: the installation's. */
  @Prop({ type: Number, default: null })
  lostAfterSeconds!: number | null;

  @Prop({ type: Boolean, default: false })
  online!: boolean;

  @Prop({ type: Date, default: null })
  lastSeenAt!: Date | null;

  @Prop({ type: MongooseSchema.Types.Mixed, default: null })
  inventory!: Inventory | null;

  @Prop({ type: MongooseSchema.Types.Mixed, default: {} })
  properties!: Properties;

  @Prop({ type: MongooseSchema.Types.Mixed, default: null })
  load!: Load | null;

  @Prop({ type: String, default: null })
  version!: string | null;

  /** Null: the worker dials the server. */
  @Prop({ type: MongooseSchema.Types.Mixed, default: null })
  dial!: MachineDial | null;

  /** The instance that it is; absent where a person added it. */
  @Prop({ type: String })
  instanceId?: string;

  /** The end of the instance, where it was changed after the launch. */
  @Prop({ type: Date })
  endsAt?: Date;

  @Prop({ type: Date, required: true })
  createdAt!: Date;
}
export const MachineSchema = SchemaFactory.createForClass(Machine);
MachineSchema.index({ credentialHash: 1 }, { unique: true });
MachineSchema.index({ online: 1 });
MachineSchema.index({ instanceId: 1 }, { unique: true, partialFilterExpression: { instanceId: { $type: 'string' } } });
MachineSchema.index(
  { 'dial.fingerprint': 1 },
  { unique: true, partialFilterExpression: { 'dial.fingerprint': { $type: 'string' } } },
);

/** What a joining worker becomes, where that was decided before it came. */
export interface ExpectedMachine {
  instanceId: string;
  name: string;
  provider: MachineProvider;
  poolIds: string[];
}

/** A one-time permission to join. */
@Schema({ collection: 'join_tokens', versionKey: false })
export class JoinToken {
  @Prop({ type: String, required: true })
  hash!: string;

  /** Absent: a machine that a person adds. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  expected?: ExpectedMachine;

  @Prop({ type: Date, required: true })
  expiresAt!: Date;
}
export const JoinTokenSchema = SchemaFactory.createForClass(JoinToken);
JoinTokenSchema.index({ hash: 1 }, { unique: true });
JoinTokenSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
