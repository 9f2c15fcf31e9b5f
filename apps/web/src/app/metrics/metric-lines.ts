import type { MetricDirection, MetricSeries } from '@mle/protocol';
import type { ChartLine } from './chart-data';

/** `time` is that since the run's first point, `wall` the time of day. */
type XAxis = 'step' | 'time' | 'wall';

/** A metric of some runs, as one chart. */
export interface MetricLines {
  name: string;
  axis: string;
  lines: ChartLine[];
}

interface RunSeries {
  id: string;
  label: string;
  slot: number;
  live: boolean;
  series: readonly MetricSeries[];
}

/**
 * One chart for each name, in the order in which the names came; x is what was printed, or the seconds since the run's
 * first point.
 */
export function chartsOf(runs: readonly RunSeries[], x: XAxis): MetricLines[] {
  const charts = new Map<string, MetricLines>();
  for (const { id, label, slot, live, series } of runs) {
    const start = series.reduce((first, { time }) => Math.min(first, time[0] ?? first), Number.POSITIVE_INFINITY);
    for (const { name, axis, ...columns } of series) {
      const chart = charts.get(name) ?? { name, axis: x === 'step' ? axis : 'time', lines: [] };
      charts.set(name, chart);
      const from = x === 'time' ? start : 0;
      const places = x === 'step' ? columns.x : columns.time.map((time) => (time - from) / 1000);
      chart.lines.push({ id, label, slot, live, x: places, y: columns.y });
    }
  }
  return [...charts.values()];
}

/** `best 0.1616, #136`: what is on top among the lines; null where nothing says which way is better. */
export function best(
  direction: MetricDirection | null,
  lines: readonly ChartLine[],
): { value: number; label: string } | null {
  if (direction === null) return null;
  let found: { value: number; label: string } | null = null;
  const less = direction === 'lower';
  for (const { label, y } of lines) {
    for (const value of y) {
      if (value !== null && (!found || (less ? value < found.value : value > found.value))) found = { value, label };
    }
  }
  return found;
}
