import type { MetricDirection, RunView } from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';

type Summary = RunView['metrics'][string];

/** The best value so far; null where nothing says which way is better, and where no value was a number. */
export function bestOf(name: string, summary: Summary, chosen?: MetricDirection): number | null {
  const direction = chosen ?? metricDirection(name);
  return direction === null ? null : direction === 'lower' ? summary.min : summary.max;
}

/** The last value of a metric, or the value about the whole run that was told under its name; undefined without either. */
export function lastOf(
  { metrics, finals }: Pick<RunView, 'metrics' | 'finals'>,
  name: string,
): number | null | undefined {
  const summary = metrics[name];
  return summary ? summary.last : finals[name];
}

/** The names of the metrics and final values of `runs`, those of the most runs first. */
export const metricNames = (runs: readonly RunView[]): string[] => counted(runs).map(([name]) => name);

/** Those of them that are no exception: at least half as many runs have them as have the most common one. */
export function commonMetricNames(runs: readonly RunView[]): string[] {
  const all = counted(runs);
  const [[, most] = ['', 0]] = all;
  return all.filter(([, count]) => count * 2 >= most).map(([name]) => name);
}

function counted(runs: readonly RunView[]): [name: string, runs: number][] {
  const counts = new Map<string, number>();
  for (const { metrics, finals } of runs)
    for (const name of Object.keys({ ...metrics, ...finals })) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
