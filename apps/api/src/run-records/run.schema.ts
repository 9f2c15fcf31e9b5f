import type {
  Failure,
  KnobSet,
  MetricSummary,
  Needs,
  ParamValue,
  ProjectSettings,
  Retry,
  RunChange,
  RunRole,
  RunState,
} from '@mle/protocol';
import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, type Types } from 'mongoose';

/** One start of the run. Its place in the array is `n − 1`. */
export interface Attempt {
  n: number;
  state: RunState;
  machineId: string | null;
  machineName: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  exitCode: number | null;
  signal: string | null;
  reason: string | null;
  /** Absent unless it failed, and in runs of earlier versions. */
  failure?: Failure | null;
  outputBytes: number;
  outputSha256: string | null;
  history: { state: RunState; at: Date }[];
}

/** How the parameters of a run reach its program. */
export interface GivenParams {
  /** With the run's own copy of its file, where constants of it are set; null: it has the snapshot as it is. */
  snapshotId: string | null;
  /** Options of the program, before the arguments of the run. */
  args: string[];
  /** Parameters that are left to the environment. */
  env: Record<string, ParamValue>;
  set: KnobSet[];
  /** Sentences about those that do not fit, or seem to reach nothing. */
  warnings: string[];
}

/** Which run of which sweep it is: with its seed there is one of each. */
export interface TrialPlace {
  sweepId: string;
  /** Index of its value. */
  setting: number;
  /** What was stopped or lost is run again in the next round. */
  round: number;
}

@Schema({ collection: 'runs', versionKey: false, minimize: false })
export class Run {
  _id!: Types.ObjectId;

  @Prop({ type: String, required: true })
  ownerId!: string;

  @Prop({ type: String, required: true })
  projectId!: string;

  @Prop({ type: String, required: true })
  projectName!: string;

  @Prop({ type: Number, required: true })
  number!: number;

  @Prop({ type: String, required: true })
  state!: RunState;

  /** The current attempt: the fencing token of all that machines write. */
  @Prop({ type: Number, required: true })
  attempt!: number;

  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  attempts!: Attempt[];

  @Prop({ type: String, default: null })
  file!: string | null;

  @Prop({ type: String, default: null })
  command!: string | null;

  @Prop({ type: [String], default: [] })
  args!: string[];

  @Prop({ type: MongooseSchema.Types.Mixed, default: {} })
  params!: Record<string, ParamValue>;

  /** Those of the project when the run was made; absent in runs that were made before there were any. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  settings?: ProjectSettings;

  @Prop({ type: MongooseSchema.Types.Mixed, default: {} })
  env!: Record<string, string>;

  @Prop({ type: String, default: null })
  targetMachineId!: string | null;

  @Prop({ type: String, default: null })
  targetPoolId!: string | null;

  @Prop({ type: MongooseSchema.Types.Mixed, default: null })
  needs!: Needs | null;

  @Prop({ type: Number, default: 0 })
  priority!: number;

  @Prop({ type: Number, default: null })
  timeoutSeconds!: number | null;

  @Prop({ type: MongooseSchema.Types.Mixed, default: null })
  retry!: Retry | null;

  @Prop({ type: Boolean, default: false })
  clean!: boolean;

  /** The machine that the current attempt is on, or waits for. */
  @Prop({ type: String, default: null })
  machineId!: string | null;

  @Prop({ type: String, default: null })
  machineName!: string | null;

  /**
   * Which of the machine's slots the dispatcher gave it, `<machineId>/<n>`: no two runs have the same one, so that
   * no two dispatchers fill the last slot twice. Kept until the attempt is over or given back.
   */
  @Prop({ type: String })
  seat?: string;

  /**
   * The GPUs that it has for itself, `<machineId>/<index>`: given and given back with the attempt, and no two runs have
   * the same one. Absent without any.
   */
  @Prop({ type: [String], default: undefined })
  gpuSeats?: string[];

  /** A retry waits until then. */
  @Prop({ type: Date, default: null })
  notBefore!: Date | null;

  /** Why a stop was asked for. */
  @Prop({ type: String, default: null })
  stopReason!: string | null;

  @Prop({ type: Date, required: true })
  createdAt!: Date;

  @Prop({ type: String, required: true })
  snapshotId!: string;

  @Prop({ type: Number, required: true })
  snapshotBytes!: number;

  @Prop({ type: [String], default: [] })
  tags!: string[];

  @Prop({ type: String, default: '' })
  note!: string;

  @Prop({ type: Number, default: 0 })
  seed!: number;

  /** The seed was asked for: a program that has a knob of that name gets it there too. */
  @Prop({ type: Boolean })
  seeded?: boolean;

  /** Absent of a run that somebody started by itself. */
  @Prop({ type: String })
  role?: RunRole;

  @Prop({ type: MongooseSchema.Types.Mixed })
  trial?: TrialPlace;

  /** What became of its parameters; absent where it has none. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  given?: GivenParams;

  /** The last run of the file that had ended when this one started first; null where there was none. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  before?: { id: string; number: number } | null;

  /** In what it differs from the run before. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  changes?: RunChange[];

  /** What a person may turn in its file, with the values that it had. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  knobs?: Record<string, ParamValue>;

  /** Of the current attempt; a list, because names of series may be no names of fields. */
  @Prop({ type: MongooseSchema.Types.Mixed, default: [] })
  metrics!: (MetricSummary & { name: string })[];

  /** Values about the whole run, of the current attempt; absent until its output is read. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  finals?: { name: string; value: number | null }[];

  /** Names the rules by which its output was read to its end. */
  @Prop({ type: String })
  readBy?: string;

  /** Of the request that made it: in each delivery, claim and log line. */
  @Prop({ type: String, default: null })
  correlationId!: string | null;

  @Prop({ type: String })
  idempotencyKey?: string;

  /** Hash of the request that came with the key: the same key with another request is refused. */
  @Prop({ type: String })
  requestHash?: string;
}
export const RunSchema = SchemaFactory.createForClass(Run);
RunSchema.index({ projectId: 1, number: 1 }, { unique: true });
// The run before: the last that ended of a file.
RunSchema.index({ projectId: 1, file: 1, state: 1, number: -1 });
// The lists of runs, newest first: whole, and by each filter that may leave out most of them.
RunSchema.index({ ownerId: 1, _id: -1 });
for (const filter of ['projectId', 'state', 'machineId', 'targetPoolId', 'tags', 'role'] as const)
  RunSchema.index({ ownerId: 1, [filter]: 1, _id: -1 });
RunSchema.index({ state: 1, machineId: 1, priority: -1, _id: 1 });
RunSchema.index({ state: 1, targetPoolId: 1, priority: -1, _id: 1 });
RunSchema.index({ seat: 1 }, { unique: true, partialFilterExpression: { seat: { $exists: true } } });
RunSchema.index({ gpuSeats: 1 }, { unique: true, partialFilterExpression: { gpuSeats: { $exists: true } } });
RunSchema.index({ snapshotId: 1 });
RunSchema.index(
  { 'trial.sweepId': 1, 'trial.setting': 1, seed: 1, 'trial.round': 1 },
  { unique: true, partialFilterExpression: { trial: { $exists: true } } },
);
RunSchema.index(
  { ownerId: 1, idempotencyKey: 1 },
  { unique: true, partialFilterExpression: { idempotencyKey: { $exists: true } } },
);
