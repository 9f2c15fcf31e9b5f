import type { MetricSummary } from '@mle/protocol';
import type { SeriesState } from './reader/series-book.js';

/** Of the first series, as the lists show them: a program may make more than a row can tell. */
const SUMMARIES = 50;

export function summariesOf(series: readonly SeriesState[]): (MetricSummary & { name: string })[] {
  return series.slice(0, SUMMARIES).map(({ name, last, min, max, step }) => ({ name, last, min, max, step }));
}
