import type { MetricAxis } from '@mle/protocol';

/** What a project changes in what is found: plain data, which the thread that reads is told. */
export interface ReadingRules {
  /** Names these rules: points that others made are read again. */
  key: string;
  hidden: readonly string[];
  renamed: readonly (readonly [from: string, to: string])[];
  axes: readonly (readonly [name: string, axis: MetricAxis])[];
  patterns: readonly { text: string; axis?: MetricAxis | undefined }[];
}

export const NO_RULES: ReadingRules = { key: '', hidden: [], renamed: [], axes: [], patterns: [] };
