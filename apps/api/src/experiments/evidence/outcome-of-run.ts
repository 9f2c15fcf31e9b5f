import type { Goal, RunState } from '@mle/protocol';
import type { RunRecord } from '../../run-records/run-view.js';
import type { SeedOutcome } from './finding.js';

type JudgedRun = Pick<RunRecord, 'seed' | 'state' | 'metrics' | 'finals'>;

const FAILED: readonly RunState[] = ['failed', 'timed_out'];

/** How the run stands by the goal; null: it goes on, was stopped or lost, or printed nothing of the metric. */
export function outcomeOfRun(run: JudgedRun, goal: Goal): SeedOutcome | null {
  const { seed, state } = run;
  const failed = FAILED.includes(state);
  if (!failed && state !== 'succeeded') return null;
  const value = valueOfRun(run, goal);
  if (value === null) return { seed, ending: 'nan', print: 'nan' };
  if (failed) return { seed, ending: 'failed', print: 'failed' };
  return value === undefined ? null : { seed, ending: value, print: printOf(run, goal) };
}

/** The number of the run that counts, also while it goes on: null where it ended in nan, undefined without any. */
export function valueOfRun(
  { metrics, finals }: Pick<JudgedRun, 'metrics' | 'finals'>,
  { metric, direction, at }: Goal,
): number | null | undefined {
  const series = (metrics ?? []).find(({ name }) => name === metric);
  if (series === undefined) return (finals ?? []).find(({ name }) => name === metric)?.value;
  if (series.last === null || at === 'last') return series.last;
  return direction === 'max' ? series.max : series.min;
}

function printOf({ metrics, finals }: JudgedRun, { metric }: Goal): string {
  const series = (metrics ?? []).find(({ name }) => name === metric);
  return JSON.stringify([series, (finals ?? []).find(({ name }) => name === metric)]);
}
