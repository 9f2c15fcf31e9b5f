import { z } from 'zod';
import { boundedRecord, SentenceSchema, WordSchema } from './bounded.js';
import { EvidenceSchema, GoalSchema } from './evidence.js';
import { IdSchema, Sha256Schema, TimeSchema } from './ids.js';
import { LIMITS } from './limits.js';
import { PageQuerySchema } from './page.js';
import { NewParamsSchema, ParamsSchema, ParamValueSchema } from './params.js';
import { RunStateSchema } from './run-state.js';
import { ArgsSchema, CreateRunSchema, NeedsSchema, RunRoleSchema, TargetSchema } from './runs.js';

/**
 * `smoke`: its first run has to print the goal's metric before the others start. `paused`, `stopped` and `failed` ones
 * can be resumed, and so can those that are `done` be extended.
 */
export const SWEEP_STATES = ['smoke', 'running', 'paused', 'done', 'stopped', 'failed'] as const;
export const SweepStateSchema = z.enum(SWEEP_STATES);
export type SweepState = z.infer<typeof SweepStateSchema>;

const MOST_MINUTES = 60 * 24 * 365;
const MOST_DOLLARS = 1_000_000;

const ValuesSchema = z
  .array(ParamValueSchema)
  .min(1, 'Give at least one value.')
  .max(LIMITS.sweepValues, `Give at most ${LIMITS.sweepValues} values.`)
  .transform((values) => [...new Set(values)]);
const SeedsSchema = z
  .int()
  .min(1, 'Give at least one seed.')
  .max(LIMITS.sweepSeeds, `Give at most ${LIMITS.sweepSeeds} seeds.`);
const ParallelSchema = z.int().min(1).max(LIMITS.sweepTrials);
/** At one of them it stops with its runs. */
const LimitsSchema = z
  .object({
    /** Since it began or was resumed. */
    minutes: z.number().positive().max(MOST_MINUTES).optional(),
    /** What all of its runs have cost on machines that cost money. */
    dollars: z.number().positive().max(MOST_DOLLARS).optional(),
  })
  .strict();
export type SweepLimits = z.infer<typeof LimitsSchema>;
const NoteSchema = CreateRunSchema.shape.note.unwrap();

/** A Vary: one knob, each of its values with each of the seeds 0 … n − 1. */
export const CreateSweepSchema = z
  .object({
    projectId: IdSchema,
    file: CreateRunSchema.shape.file,
    command: CreateRunSchema.shape.command,
    goal: GoalSchema,
    space: boundedRecord(z.string().max(64), z.object({ values: ValuesSchema }).strict(), 1).refine(
      (space) => Object.keys(space).length === 1,
      'Name one knob and its values: {"learning_rate": {"values": [0.05, 0.5]}}.',
    ),
    method: z.literal('grid').default('grid'),
    seeds: SeedsSchema.default(3),
    /** Trials that are under way at once; without it as many as there are free slots. */
    parallel: ParallelSchema.optional(),
    /** A machine or a pool; without it each trial goes to any machine that is free. */
    target: TargetSchema.optional(),
    needs: NeedsSchema.optional(),
    timeoutSeconds: CreateRunSchema.shape.timeoutSeconds,
    limits: LimitsSchema.optional(),
    note: CreateRunSchema.shape.note,
    /**
     * What all trials have: the files of a run of the project in place of those of now, parameters, arguments. A value
     * of the knob is the first one, in place of that of the code.
     */
    base: z
      .object({ runId: IdSchema.optional(), params: NewParamsSchema.optional(), args: ArgsSchema.optional() })
      .strict()
      .optional(),
  })
  .strict()
  .refine((sweep) => (sweep.file === undefined) !== (sweep.command === undefined), {
    path: ['file'],
    message: 'Give either a file or a command to run.',
  });
export type CreateSweep = z.infer<typeof CreateSweepSchema>;

export const UpdateSweepSchema = z
  .object({ note: NoteSchema.optional(), parallel: ParallelSchema.optional(), limits: LimitsSchema.optional() })
  .strict();
export type UpdateSweep = z.infer<typeof UpdateSweepSchema>;

export const ExtendSweepSchema = z
  .object({
    /** New values, each with the seeds of the sweep. */
    values: ValuesSchema.optional(),
    /** Further seeds: for all values, or for those that are named. */
    seeds: z.object({ add: SeedsSchema, to: ValuesSchema.optional() }).strict().optional(),
  })
  .strict()
  .refine(({ values, seeds }) => values !== undefined || seeds !== undefined, 'Give values or seeds to add.');
export type ExtendSweep = z.infer<typeof ExtendSweepSchema>;

/** Which files the sweep that is run again takes: its own, or the project's as they are today. */
export const RerunSweepSchema = z
  .object({ files: z.enum(['snapshot', 'current']).default('snapshot') })
  .strict()
  .default({ files: 'snapshot' });
export type RerunSweep = z.infer<typeof RerunSweepSchema>;

export const SweepQuerySchema = PageQuerySchema.extend({
  /** Joined by commas. */
  ids: z
    .string()
    .max(LIMITS.queryChars)
    .transform((text) => text.split(','))
    .pipe(z.array(IdSchema).max(LIMITS.pageItems))
    .optional(),
  projectId: IdSchema.optional(),
  file: z.string().max(LIMITS.pathBytes).optional(),
});
export type SweepQuery = z.infer<typeof SweepQuerySchema>;

const CountsSchema = z.object({
  done: z.int(),
  running: z.int(),
  failed: z.int(),
  /** Ended early because others were better. */
  setAside: z.int(),
  toCome: z.int(),
  total: z.int(),
});
export type SweepCounts = z.infer<typeof CountsSchema>;

/** A run of a sweep. One that is to come has no run yet. */
const TrialSchema = z.object({
  runId: IdSchema,
  number: z.int(),
  role: RunRoleSchema.exclude(['dial']),
  /** It was made before the sweep, with the same files and values on a machine of the same kind, and is not deleted with it. */
  taken: z.boolean(),
  /** Index into `settings`. */
  setting: z.int(),
  seed: z.int(),
  state: RunStateSchema,
  machineName: WordSchema.nullable(),
  /** What the goal's metric is now; null where it is nan, or nothing was printed of it. */
  value: z.number().nullable(),
  durationMs: z.number().nullable(),
});
export type Trial = z.infer<typeof TrialSchema>;

export const SweepViewSchema = z.object({
  id: IdSchema,
  /** Counts within the project. */
  number: z.int(),
  ownerId: IdSchema,
  projectId: IdSchema,
  projectName: WordSchema,
  state: SweepStateSchema,
  /** Why it is paused, was stopped or failed, in a sentence. */
  reason: SentenceSchema.nullable(),
  file: z.string().max(LIMITS.pathBytes).nullable(),
  command: z.string().max(LIMITS.commandChars).nullable(),
  snapshotId: Sha256Schema,
  goal: GoalSchema,
  method: z.literal('grid'),
  knob: z.string().max(64),
  /** The values, the one of the code or of the base first, and the seeds 0 … n − 1 of each. */
  settings: z.array(z.object({ value: ParamValueSchema, seeds: z.int() })).max(LIMITS.sweepValues),
  /** Of new values. */
  seeds: z.int(),
  parallel: z.int().nullable(),
  target: TargetSchema.nullable(),
  needs: NeedsSchema.nullable(),
  timeoutSeconds: z.int().nullable(),
  limits: LimitsSchema,
  /** Of each limit that it has, in whole minutes and cents; null without that limit, and of time while it is paused. */
  used: z.object({ minutes: z.int().nullable(), dollars: z.number().nullable() }),
  base: z.object({
    /** The run whose files it has, which may be deleted by now; null where they were those of the project. */
    run: z.object({ id: IdSchema, number: z.int() }).nullable(),
    params: ParamsSchema,
    args: ArgsSchema,
  }),
  note: NoteSchema,
  progress: z.object({ runs: CountsSchema, settings: CountsSchema }),
  /** The setting with the best mean so far, among those that have one; flattered by luck. */
  best: z.object({ setting: z.int(), value: z.number() }).nullable(),
  trials: z.array(TrialSchema).max(LIMITS.sweepTrials),
  evidence: EvidenceSchema,
  createdAt: TimeSchema,
  finishedAt: TimeSchema.nullable(),
});
export type SweepView = z.infer<typeof SweepViewSchema>;
