import { z } from 'zod';

const bytes = z
  .int()
  .min(1)
  .max(2 ** 50, 'Use at most 1 PiB.');
const runs = z.int().min(1).max(10_000_000, 'Use at most 10,000,000.');

/** What each user may keep, and which runs are removed by age. Who is above a quota keeps what there is. */
export const QuotasSchema = z
  .object({
    projects: z.int().min(1).max(100_000, 'Use at most 100,000.'),
    runs,
    /** Files of projects, output and artifacts together. */
    bytes,
    /** Beyond so many runs of a user the oldest are removed, but for those with a tag; null: none are. */
    keepRuns: runs.nullable(),
    /** The same by what the runs of a user take. */
    keepRunBytes: bytes.nullable(),
  })
  .strict();
export type Quotas = z.infer<typeof QuotasSchema>;
export const DEFAULT_QUOTAS: Quotas = {
  projects: 1_000,
  runs: 100_000,
  bytes: 500e9,
  keepRuns: null,
  keepRunBytes: null,
};

/** What one user keeps. `runBytes`: output and artifacts; they are counted anew now and then, a moment after a deletion. */
export const UsageSchema = z.object({ projects: z.int(), runs: z.int(), fileBytes: z.int(), runBytes: z.int() });
export type Usage = z.infer<typeof UsageSchema>;
