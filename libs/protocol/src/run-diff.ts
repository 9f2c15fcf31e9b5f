import { z } from 'zod';
import { ListedPathSchema } from './bounded.js';
import { IdSchema } from './ids.js';
import { RunChangeSchema } from './knobs.js';
import { LIMITS } from './limits.js';
import { RunViewSchema } from './runs.js';

export const RunDiffQuerySchema = z.object({ a: IdSchema, b: IdSchema });
export type RunDiffQuery = z.infer<typeof RunDiffQuerySchema>;

const TextSchema = z.string().max(LIMITS.diffChars).nullable();

/**
 * A file of the snapshots that differs. Lines are counted where it is text; its texts are absent where it is none, or
 * where they are too large to be shown.
 */
const FileDiffSchema = z.object({
  path: ListedPathSchema,
  kind: z.enum(['added', 'removed', 'changed']),
  added: z.int().nonnegative().optional(),
  removed: z.int().nonnegative().optional(),
  /** Null where the file is not there. */
  texts: z.object({ a: TextSchema, b: TextSchema }).optional(),
});
export type FileDiff = z.infer<typeof FileDiffSchema>;

const OutcomeSchema = RunViewSchema.pick({
  number: true,
  state: true,
  exitCode: true,
  signal: true,
  reason: true,
  machineName: true,
  durationMs: true,
  metrics: true,
  finals: true,
});

/** In what run `b` differs from run `a`, and what became of both. */
export const RunDiffSchema = z.object({
  changes: z.array(RunChangeSchema).max(LIMITS.manifestFiles),
  files: z.array(FileDiffSchema).max(LIMITS.diffFiles),
  /** Files that differ too and are not listed. */
  moreFiles: z.int().nonnegative(),
  outcome: z.object({ a: OutcomeSchema, b: OutcomeSchema }),
});
export type RunDiff = z.infer<typeof RunDiffSchema>;
