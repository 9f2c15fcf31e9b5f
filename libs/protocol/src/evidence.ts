import { z } from 'zod';
import { SentenceSchema, WordSchema } from './bounded.js';
import { IdSchema } from './ids.js';
import { LIMITS } from './limits.js';
import { ParamValueSchema } from './params.js';

/** Whether less or more of the metric is better, and which of a run's numbers counts: that at its end, or its best. */
export const GoalSchema = z
  .object({
    metric: WordSchema.trim().min(1, 'Name the metric to judge by.'),
    direction: z.enum(['min', 'max']),
    at: z.enum(['last', 'best']).default('last'),
  })
  .strict();
export type Goal = z.infer<typeof GoalSchema>;

/**
 * What may be said of a difference. `within noise`: it may be chance; `too few`: there are not seeds enough to say;
 * `confounded`: something else differs too.
 */
export const VERDICTS = ['better', 'worse', 'within noise', 'too few', 'confounded'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a value of a knob did to the metric, against the value of the baseline. */
export const EffectSchema = z.object({
  knob: z.string().max(LIMITS.listedPathChars),
  from: ParamValueSchema.nullable(),
  to: ParamValueSchema.nullable(),
  /** The mean of the metric with `to`, over the seeds that both have. Null where a seed has no number. */
  value: z.number().nullable(),
  /** The mean of the differences, seed by seed. */
  difference: z.number().nullable(),
  /** Of the mean difference, at 95 %. It stands for this value alone; the verdict minds how many were tried. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  /** Seeds that both have. */
  n: z.int(),
  verdict: z.enum(VERDICTS),
  /** What else differs, in words. */
  differs: z.array(z.string().max(LIMITS.listedPathChars)).max(LIMITS.knobs),
  sentence: SentenceSchema,
});
export type Effect = z.infer<typeof EffectSchema>;

export const EvidenceSchema = z.object({
  metric: WordSchema,
  direction: GoalSchema.shape.direction,
  at: z.enum(['last', 'best']),
  /** The mean over the seeds that have a number, and how many those are. */
  baseline: z.object({ value: z.number().nullable(), n: z.int() }),
  effects: z.array(EffectSchema).max(LIMITS.sweepValues),
  /** Null where no value has two seeds. */
  usesSeed: z.boolean().nullable(),
  /** What the user should know besides: that the program does not use the seed, and how it would. */
  note: SentenceSchema.nullable(),
  /** Seeds that would settle what is undecided, and the values that want them; null where nothing is. */
  settle: z.object({ seeds: z.int().positive(), values: z.array(ParamValueSchema).max(LIMITS.sweepValues) }).nullable(),
  /** The strongest thing that may be said. */
  sentence: SentenceSchema,
});
export type Evidence = z.infer<typeof EvidenceSchema>;

const MOST_IDS = 200;
export const EvidenceQuerySchema = z.object({
  /** Joined by commas. The first of them belongs to the baseline. */
  ids: z
    .string()
    .max(LIMITS.queryChars)
    .transform((text) => text.split(','))
    .pipe(
      z
        .array(IdSchema)
        .min(2, 'Name two runs at least, joined by commas.')
        .max(MOST_IDS, `Name at most ${MOST_IDS} runs.`),
    ),
  /** Without it the first metric of the runs of which it is known which way is better. */
  metric: WordSchema.optional(),
  direction: GoalSchema.shape.direction.optional(),
  at: GoalSchema.shape.at,
});
export type EvidenceQuery = z.infer<typeof EvidenceQuerySchema>;
