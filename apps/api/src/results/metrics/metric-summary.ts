import type { Run } from '../../run-records/run.schema.js';
import type { AttemptNumbers } from './attempt-metrics.js';

/** Of the first series, as the lists show them: a program may make more than a row can tell. */
const SUMMARIES = 50;
const FINALS = 100;

/** What a run itself keeps of its numbers. Those about the whole run are known when its output has been read. */
export function summaryOf({
  series,
  finals,
  readBy,
}: AttemptNumbers): Pick<Run, 'metrics'> & Partial<Pick<Run, 'finals' | 'readBy'>> {
  const metrics = series.slice(0, SUMMARIES).map(({ name, last, min, max, step }) => ({ name, last, min, max, step }));
  if (finals === null) return { metrics };
  const told = Object.entries(finals).slice(0, FINALS);
  return {
    metrics,
    finals: told.map(([name, value]) => ({ name, value: Number.isFinite(value) ? value : null })),
    readBy,
  };
}
