import { z } from 'zod';
import { boundedRecord, SentenceSchema, WordSchema } from './bounded.js';
import { IdSchema, Sha256Schema, TimeSchema } from './ids.js';
import { KnobSetSchema, RunChangeSchema } from './knobs.js';
import { LIMITS } from './limits.js';
import { LabelSchema, MOST_LABELS } from './machines.js';
import { MetricSummarySchema } from './metrics.js';
import { NewParamsSchema, ParamsSchema, ParamValueSchema } from './params.js';
import { ProblemSchema } from './problem.js';
import { ProjectPathSchema } from './project-path.js';
import { ProjectSettingsSchema } from './project-settings.js';
import { RunStateSchema } from './run-state.js';

const MOST_TAGS = 20;
const MOST_STOPPED = 200;
const LONGEST_NOTE = 10_000;

const Text = (max: number) =>
  z
    .string()
    .max(max, `Use at most ${max} characters.`)
    .refine((text) => !text.includes('\0'), 'Use no NUL character.');

const WRONG_VARIABLE = 'Name a variable by letters, digits and _, at most 128.';
export const EnvSchema = boundedRecord(
  z
    .string()
    .max(128, { error: WRONG_VARIABLE, abort: true })
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, WRONG_VARIABLE)
    .refine((name) => !name.startsWith('MLE_'), 'Names that begin with MLE_ are set by the worker.'),
  Text(LIMITS.variableChars),
  LIMITS.runEntries,
);
export const MOST_ARGS = 200;
export const ArgsSchema = z.array(Text(LIMITS.commandChars)).max(MOST_ARGS);

export const TargetSchema = z.union(
  [z.object({ machineId: IdSchema }).strict(), z.object({ poolId: IdSchema }).strict()],
  {
    error: 'Give machineId or poolId.',
  },
);
export type Target = z.infer<typeof TargetSchema>;

export const NeedsSchema = z
  .object({
    labels: z.array(LabelSchema).max(MOST_LABELS).optional(),
    gpus: z.int().min(0).max(64).optional(),
    gpuMemoryBytes: z.number().min(0).optional(),
  })
  .strict();
export type Needs = z.infer<typeof NeedsSchema>;

/**
 * What a run is besides one that somebody started by itself: the trial of a sweep, its baseline ("your code"), or a
 * look while a knob is turned.
 */
export const RunRoleSchema = z.enum(['trial', 'baseline', 'dial']);
export type RunRole = z.infer<typeof RunRoleSchema>;

const RetrySchema = z
  .object({
    /** Further attempts after the first. */
    max: z.int().min(0).max(20),
    /** `loss`: only when the machine was lost; `failure`: also when the program failed. */
    on: z.enum(['loss', 'failure']).default('loss'),
    backoffSeconds: z.number().min(0).max(3600).default(5),
  })
  .strict();
export type Retry = z.infer<typeof RetrySchema>;

const TagSchema = z
  .string()
  .trim()
  .min(1, 'Give a tag some text, or leave it out.')
  .max(40, 'Use at most 40 characters in a tag.')
  .regex(/^[^\u0000-\u001f\u007f]*$/u, 'Use no control characters in a tag.');
const TagsSchema = z
  .array(TagSchema)
  .max(MOST_TAGS, `Use at most ${MOST_TAGS} tags.`)
  .transform((tags) => [...new Set(tags)]);

const SeedSchema = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

export const CreateRunSchema = z
  .object({
    projectId: IdSchema,
    file: ProjectPathSchema.optional(),
    command: Text(LIMITS.commandChars)
      .refine((command) => command.trim() !== '', 'The command is empty. Give a command, or the file to run.')
      .optional(),
    args: ArgsSchema.optional(),
    params: NewParamsSchema.optional(),
    env: EnvSchema.optional(),
    target: TargetSchema.optional(),
    needs: NeedsSchema.optional(),
    priority: z.int().min(-100).max(100).optional(),
    /** Counts from the start of the set-up on the machine: waiting and the transfer of files are not in it. */
    timeoutSeconds: z
      .int()
      .min(1)
      .max(30 * 86_400)
      .optional(),
    retry: RetrySchema.optional(),
    clean: z.boolean().optional(),
    tags: TagsSchema.optional(),
    note: Text(LONGEST_NOTE).optional(),
    seed: SeedSchema.optional(),
    /** A run while a knob is turned: the last ten of a file are kept, and other runs are not compared with it. */
    role: RunRoleSchema.extract(['dial']).optional(),
  })
  .strict()
  .refine((run) => (run.file === undefined) !== (run.command === undefined), {
    path: ['file'],
    message: 'Give either a file or a command to run.',
  });
export type CreateRun = z.infer<typeof CreateRunSchema>;

export const UpdateRunSchema = z.object({ tags: TagsSchema.optional(), note: Text(LONGEST_NOTE).optional() }).strict();
export type UpdateRun = z.infer<typeof UpdateRunSchema>;

/** Which files a rerun takes: those of the run, or the project's as they are today. Without a seed it has that of the run. */
export const RerunSchema = z
  .object({ files: z.enum(['snapshot', 'current']).default('snapshot'), seed: SeedSchema.optional() })
  .strict()
  .default({ files: 'snapshot' });
export type Rerun = z.infer<typeof RerunSchema>;

export const StopRunsSchema = z
  .object({
    ids: z
      .array(IdSchema)
      .min(1, 'Name the runs to stop.')
      .max(MOST_STOPPED, `Stop at most ${MOST_STOPPED} runs at once.`),
  })
  .strict();
export type StopRuns = z.infer<typeof StopRunsSchema>;

/** What a person can do about it is known. */
export const FAILURE_CAUSES = ['module', 'keyboard', 'space', 'memory'] as const;
/** What a program that failed said last. */
export const FailureSchema = z.object({
  /** The last line of its traceback, or of its standard error. */
  sentence: SentenceSchema,
  /** The last of the project's own lines on the way there. */
  place: z.object({ path: z.string().max(LIMITS.pathBytes), line: z.int() }).nullable(),
  cause: z.enum(FAILURE_CAUSES).nullable(),
  /** What has to be installed for a module that is missing. */
  package: WordSchema.nullable(),
});
export type Failure = z.infer<typeof FailureSchema>;

/** One start of a run on a machine; `n` fences its writes. */
const AttemptViewSchema = z.object({
  n: z.int(),
  state: RunStateSchema,
  machineId: IdSchema.nullable(),
  machineName: WordSchema.nullable(),
  createdAt: TimeSchema,
  startedAt: TimeSchema.nullable(),
  finishedAt: TimeSchema.nullable(),
  exitCode: z.int().nullable(),
  signal: WordSchema.nullable(),
  reason: SentenceSchema.nullable(),
  /** Null unless it failed. */
  failure: FailureSchema.nullable(),
  outputBytes: z.int(),
  outputSha256: Sha256Schema.nullable(),
  /** When each state began, in order. */
  history: z.array(z.object({ state: RunStateSchema, at: TimeSchema })).max(LIMITS.statesOfAttempt),
});
export type AttemptView = z.infer<typeof AttemptViewSchema>;

export const RunViewSchema = z.object({
  id: IdSchema,
  /** Counts within the project. */
  number: z.int(),
  ownerId: IdSchema,
  projectId: IdSchema,
  projectName: WordSchema,
  state: RunStateSchema,
  /** Why it is not running yet, as a sentence. */
  waitReason: SentenceSchema.nullable(),
  /** Place in line, 1 is next; null also where it is far behind, as `waitReason` says. */
  place: z.int().nullable(),
  attempt: z.int(),
  attempts: z.array(AttemptViewSchema).max(LIMITS.attemptsOfRun),
  file: z.string().max(LIMITS.pathBytes).nullable(),
  command: z.string().max(LIMITS.commandChars).nullable(),
  args: ArgsSchema,
  params: ParamsSchema,
  /** Those of the project when the run was made. */
  settings: ProjectSettingsSchema,
  env: EnvSchema,
  target: TargetSchema.nullable(),
  needs: NeedsSchema.nullable(),
  priority: z.int(),
  timeoutSeconds: z.int().nullable(),
  retry: RetrySchema.nullable(),
  clean: z.boolean(),
  machineId: IdSchema.nullable(),
  machineName: WordSchema.nullable(),
  exitCode: z.int().nullable(),
  signal: WordSchema.nullable(),
  reason: SentenceSchema.nullable(),
  /** Of the current attempt; null unless it failed. */
  failure: FailureSchema.nullable(),
  createdAt: TimeSchema,
  startedAt: TimeSchema.nullable(),
  finishedAt: TimeSchema.nullable(),
  durationMs: z.number().nullable(),
  outputBytes: z.int(),
  outputSha256: Sha256Schema.nullable(),
  snapshotId: Sha256Schema,
  /**
   * The last run of the same file and project that had ended when this one started; null for the first one. Absent
   * until the run has started, and of runs that did so before this was noted.
   */
  before: z.object({ id: IdSchema, number: z.int() }).nullable().optional(),
  /** Where its parameters took effect. The snapshot is as its user wrote it. */
  set: z.array(KnobSetSchema).max(LIMITS.knobs),
  /** A sentence for each parameter that does not fit, or seems to reach nothing. */
  warnings: z.array(SentenceSchema).max(LIMITS.knobs),
  /** In what it differs from the run before. */
  changes: z.array(RunChangeSchema).max(LIMITS.manifestFiles),
  /** What a person may turn in its file, with the values that it had. Empty until that is known. */
  knobs: boundedRecord(WordSchema, ParamValueSchema, LIMITS.knobs),
  tags: z.array(TagSchema).max(MOST_TAGS),
  note: Text(LONGEST_NOTE),
  seed: z.int(),
  sweepId: IdSchema.nullable(),
  /** Null for a run that somebody started by itself. */
  role: RunRoleSchema.nullable(),
  /** Of the current attempt: values about the whole run, such as a test accuracy; decided when it has ended. */
  finals: boundedRecord(WordSchema, z.number().nullable(), LIMITS.metricSeries),
  /** Of the current attempt: the series that its output made, in one line each. */
  metrics: boundedRecord(WordSchema, MetricSummarySchema, LIMITS.metricSeries),
});
export type RunView = z.infer<typeof RunViewSchema>;

/** What became of each run of a bulk stop, in the order of the request. */
export const StoppedRunsSchema = z.object({
  items: z
    .array(
      z.union([
        z.object({ id: IdSchema, run: RunViewSchema }),
        z.object({ id: IdSchema, problem: ProblemSchema.pick({ status: true, code: true, detail: true }) }),
      ]),
    )
    .max(MOST_STOPPED),
});
export type StoppedRuns = z.infer<typeof StoppedRunsSchema>;
