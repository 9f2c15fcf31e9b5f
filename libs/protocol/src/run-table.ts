import { z } from 'zod';
import { boundedRecord, FlagSchema, WordSchema } from './bounded.js';
import { IdSchema } from './ids.js';
import { LIMITS } from './limits.js';
import { PageQuerySchema, WRONG_CURSOR } from './page.js';
import { ParamValueSchema } from './params.js';
import { ProjectPathSchema } from './project-path.js';
import { RunStateSchema } from './run-state.js';
import { RunRoleSchema } from './runs.js';

/** What a query holds besides; only `knob.<name>` means something. */
const OtherParamSchema: z.ZodType = z.string().max(LIMITS.commandChars);

/** Which runs are meant. Besides, `knob.<name>=` keeps those with that value. */
const RunFilterSchema = z.object({
  projectId: IdSchema.optional(),
  file: ProjectPathSchema.optional(),
  /** One state, or several joined by commas. */
  state: z
    .string()
    .max(LIMITS.wordChars)
    .transform((text) => text.split(','))
    .pipe(z.array(RunStateSchema).max(LIMITS.wordChars))
    .optional(),
  machineId: IdSchema.optional(),
  poolId: IdSchema.optional(),
  /** The runs of one sweep. */
  sweepId: IdSchema.optional(),
  role: RunRoleSchema.optional(),
  tag: z.string().max(40).optional(),
  text: z.string().max(200).optional(),
});

const WRONG_SORT =
  'Sort by createdAt, durationMs, knobs.<name>, params.<name>, finals.<name>, metrics.<name>.last or metrics.<name>.best, with a minus before it from high to low.';
/** A minus turns the order round. A name may hold dots itself. */
const RunSortSchema = z
  .string()
  .max(LIMITS.wordChars + 20)
  .regex(/^-?(?:createdAt|durationMs|(?:knobs|params|finals)\..+|metrics\..+\.(?:last|best))$/, WRONG_SORT)
  .default('-createdAt');

/** Of a position in an order by values: the last run and its value. */
export const RUN_CURSOR_CHARS = 1200;
const RunCursorSchema = z
  .string()
  .max(RUN_CURSOR_CHARS, { error: WRONG_CURSOR, abort: true })
  .regex(/^[0-9a-f]{24}(?:~[\w-]+)?$/, WRONG_CURSOR);

export const RunQuerySchema = PageQuerySchema.extend({
  ...RunFilterSchema.shape,
  /** Of the runs of a sweep, and of the dial's of one file, only the first in the order. A page may be short then. */
  folded: FlagSchema.optional(),
  sort: RunSortSchema,
  cursor: RunCursorSchema.optional(),
}).catchall(OtherParamSchema);
export type RunQuery = z.infer<typeof RunQuerySchema>;

export const RunCsvQuerySchema = RunFilterSchema.extend({ sort: RunSortSchema }).catchall(OtherParamSchema);
export type RunCsvQuery = z.infer<typeof RunCsvQuerySchema>;
/** What all lists of runs are filtered by. */
export type RunFilter = z.infer<typeof RunFilterSchema> & Record<string, unknown>;

export const RunGroupsQuerySchema = RunFilterSchema.extend({
  by: z
    .string()
    .max(LIMITS.wordChars)
    .regex(/^(?:knobs|params)\..+$/, 'Group by knobs.<name> or params.<name>.'),
}).catchall(OtherParamSchema);
export type RunGroupsQuery = z.infer<typeof RunGroupsQuerySchema>;

/** Over the runs that count. */
const SpreadSchema = z.object({ n: z.int(), mean: z.number(), lowest: z.number(), highest: z.number() });
export type Spread = z.infer<typeof SpreadSchema>;

export const MOST_GROUPS = 200;
export const MOST_GROUP_RUNS = 200;
const RunGroupSchema = z.object({
  /** Null: the runs that have no such value. */
  value: ParamValueSchema.nullable(),
  runs: z.int(),
  /** That are not over. */
  active: z.int(),
  /** Different ones among the runs that count. */
  seeds: z.int(),
  /** Other knobs and parameters that are not the same in all runs that count: their mean is one over those too. */
  differs: z.array(WordSchema).max(LIMITS.knobs),
  /** The newest of its runs. */
  ids: z.array(IdSchema).max(MOST_GROUP_RUNS),
  /** Of the last value of each metric, or of its final value; of its lowest and of its highest one. */
  metrics: boundedRecord(
    WordSchema,
    z.object({ last: SpreadSchema, min: SpreadSchema.nullable(), max: SpreadSchema.nullable() }),
    LIMITS.metricSeries,
  ),
});
export type RunGroup = z.infer<typeof RunGroupSchema>;

/** From the lowest value to the highest. */
export const RunGroupsSchema = z.object({ items: z.array(RunGroupSchema).max(MOST_GROUPS) });
export type RunGroups = z.infer<typeof RunGroupsSchema>;
