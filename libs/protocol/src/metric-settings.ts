import { z } from 'zod';
import { boundedRecord, SentenceSchema, WordSchema } from './bounded.js';
import { IdSchema } from './ids.js';
import { LIMITS } from './limits.js';
import { METRIC_DIRECTIONS } from './metric-direction.js';
import { METRIC_AXES } from './metrics.js';

const NameSchema = WordSchema.trim().min(1, 'Give a name.');
const AxisSchema = z.enum(METRIC_AXES);

/** A line as the program prints it, with `{name}` where a number stands and `{x}` where its place does. */
export const MetricPatternSchema = z
  .object({ text: z.string().trim().min(1, 'Give a line with {name} in it.').max(300), axis: AxisSchema.optional() })
  .strict();
export type MetricPattern = z.infer<typeof MetricPatternSchema>;

/** What a project changes in what is found in the output of its runs. The names are those that were found. */
export const MetricRulesSchema = z
  .object({
    hidden: z.array(NameSchema).max(LIMITS.metricSeries),
    renamed: boundedRecord(NameSchema, NameSchema, LIMITS.metricSeries),
    axis: boundedRecord(NameSchema, AxisSchema, LIMITS.metricSeries),
    direction: boundedRecord(NameSchema, z.enum(METRIC_DIRECTIONS), LIMITS.metricSeries),
    patterns: z.array(MetricPatternSchema).max(20),
  })
  .strict();
export type MetricRules = z.infer<typeof MetricRulesSchema>;

export const NO_METRIC_RULES: MetricRules = { hidden: [], renamed: {}, axis: {}, direction: {}, patterns: [] };

export const MetricSettingsSchema = MetricRulesSchema.extend({
  /** Runs that were read by other rules are read again, the newest first; null when all are done. */
  rereading: z.object({ done: z.int(), total: z.int(), state: z.enum(['reading', 'cancelled']) }).nullable(),
});
export type MetricSettings = z.infer<typeof MetricSettingsSchema>;

export const PreviewRequestSchema = z.object({ runId: IdSchema, pattern: MetricPatternSchema }).strict();
export type PreviewRequest = z.infer<typeof PreviewRequestSchema>;

const MOST_PREVIEWED = 50;
const PlaceInTextSchema = z.object({ from: z.int(), to: z.int() });

export const MetricPreviewSchema = z.object({
  /** What is wrong with the pattern. */
  problem: SentenceSchema.nullable(),
  lines: z.int(),
  /** Lines that it reads. */
  read: z.int(),
  /** Only the end of a very long output is looked at. */
  partly: z.boolean(),
  /** The last of them. `marks`: where in the text numbers were read. */
  items: z
    .array(
      z.object({
        line: z.int(),
        text: WordSchema,
        x: z.number().nullable(),
        values: boundedRecord(WordSchema, z.number().nullable(), LIMITS.metricSeries),
        marks: z.array(PlaceInTextSchema).max(LIMITS.metricSeries),
      }),
    )
    .max(MOST_PREVIEWED),
});
export type MetricPreview = z.infer<typeof MetricPreviewSchema>;

export const FoundQuerySchema = z.object({ attempt: z.coerce.number().int().positive().optional() });
export type FoundQuery = z.infer<typeof FoundQuerySchema>;

/** Each name with the line that it was read from last. */
export const FoundListSchema = z.object({
  /** Series beyond the 200 that are kept: those that were printed less. */
  more: z.int(),
  items: z
    .array(
      z.object({
        name: WordSchema,
        shown: WordSchema,
        kind: z.enum(['series', 'final']),
        axis: AxisSchema.nullable(),
        count: z.int(),
        last: z.number().nullable(),
        hidden: z.boolean(),
        /** Null where the output is too long to count its lines. */
        line: z.int().nullable(),
        text: WordSchema,
        /** Whether text was left out before it. */
        cut: z.boolean(),
        ...PlaceInTextSchema.shape,
      }),
    )
    .max(LIMITS.metricSeries * 2),
});
export type FoundList = z.infer<typeof FoundListSchema>;
export type FoundName = FoundList['items'][number];
