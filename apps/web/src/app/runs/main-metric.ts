import type { RunView } from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';

type Summary = RunView['metrics'][string];

/** The best value so far; null where nothing says which way is better, and where no value was a number. */
export function bestOf(name: string, summary: Summary): number | null {
  const direction = metricDirection(name);
  return direction === null ? null : direction === 'lower' ? summary.min : summary.max;
}

/** The names of the metrics of `runs`, those of the most runs first. */
export function metricNames(runs: readonly RunView[]): string[] {
  const counts = new Map<string, number>();
  for (const run of runs) for (const name of Object.keys(run.metrics)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}
