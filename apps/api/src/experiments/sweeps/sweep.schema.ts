import type { CreateSweep, Goal, ParamValue, ProjectSettings, SweepLimits, SweepState, Target } from '@mle/protocol';
import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, type Types } from 'mongoose';

/** A value of the knob, and how many seeds it has: 0 … n − 1. */
export interface SweepSetting {
  value: ParamValue;
  seeds: number;
}

/** A run that was made before, and stands in a place of the first value. */
export interface TakenRun {
  seed: number;
  runId: string;
}

@Schema({ collection: 'sweeps', versionKey: false, minimize: false })
export class Sweep {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  ownerId!: string;

  @Prop({ type: String, required: true })
  projectId!: string;

  @Prop({ type: String, required: true })
  projectName!: string;

  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  projectSettings!: ProjectSettings;

  @Prop({ type: Number, required: true })
  number!: number;

  @Prop({ type: String, required: true })
  state!: SweepState;

  /** There may be something to do for it: runs to start, to stop, or to wait for. */
  @Prop({ type: Boolean, required: true })
  open!: boolean;

  @Prop({ type: String, default: null })
  reason!: string | null;

  @Prop({ type: String, default: null })
  file!: string | null;

  @Prop({ type: String, default: null })
  command!: string | null;

  @Prop({ type: String, required: true })
  snapshotId!: string;

  @Prop({ type: Number, required: true })
  snapshotBytes!: number;

  /** Whose snapshot it is; absent where that was taken of the project. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  baseRun?: { id: string; number: number };

  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  goal!: Goal;

  @Prop({ type: String, required: true })
  knob!: string;

  /** The value of the code first. Others are added at the end: runs name them by their place. */
  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  settings!: SweepSetting[];

  @Prop({ type: Number, required: true })
  seeds!: number;

  /** Absent without any. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  taken?: TakenRun[];

  @Prop({ type: Number, default: null })
  parallel!: number | null;

  @Prop({ type: MongooseSchema.Types.Mixed, default: null })
  target!: Target | null;

  @Prop({ type: MongooseSchema.Types.Mixed, default: null })
  needs!: CreateSweep['needs'] | null;

  @Prop({ type: Number, default: null })
  timeoutSeconds!: number | null;

  /** Absent without any. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  limits?: SweepLimits;

  @Prop({ type: MongooseSchema.Types.Mixed, default: {} })
  params!: Record<string, ParamValue>;

  @Prop({ type: [String], default: [] })
  args!: string[];

  @Prop({ type: String, default: '' })
  note!: string;

  /** Counts how often it was resumed or extended. */
  @Prop({ type: Number, default: 0 })
  round!: number;

  /** Failures of earlier rounds do not count: those runs are made again. */
  @Prop({ type: Number, default: 0 })
  failuresFrom!: number;

  @Prop({ type: Date, required: true })
  createdAt!: Date;

  /** When it was resumed or extended last. */
  @Prop({ type: Date })
  resumedAt?: Date;

  @Prop({ type: Date, default: null })
  finishedAt!: Date | null;

  @Prop({ type: String })
  idempotencyKey?: string;

  /** Hash of the request that came with the key: the same key with another request is refused. */
  @Prop({ type: String })
  requestHash?: string;
}
export const SweepSchema = SchemaFactory.createForClass(Sweep);
SweepSchema.index({ projectId: 1, number: 1 }, { unique: true });
SweepSchema.index({ ownerId: 1, _id: -1 });
SweepSchema.index({ open: 1, _id: 1 });
SweepSchema.index(
  { ownerId: 1, idempotencyKey: 1 },
  { unique: true, partialFilterExpression: { idempotencyKey: { $exists: true } } },
);
