import type { MetricSeries } from '@mle/protocol';
import type { Points } from './metric-points.js';

/** Columns as they leave the server: JSON knows no NaN and no infinity. */
export function columns({ x, y, time }: Points): Pick<MetricSeries, 'x' | 'y' | 'time'> {
  return { x, y: y.map((value) => (Number.isFinite(value) ? value : null)), time };
}
