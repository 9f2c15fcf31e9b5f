import { METRIC_AXES } from '@mle/protocol';
import type { SeriesPoints } from './reader/series.js';

/** Points of one series, in the order in which they were printed. */
export interface Points {
  x: number[];
  y: number[];
  time: number[];
}

/** The same to be read only, from wherever. */
export type PointColumns = Readonly<Record<keyof Points, ArrayLike<number>>>;

/** Points of one series as they are stored: a million of them cost no copy. */
export type StoredPoints = Pick<SeriesPoints, 'name' | 'axis'> & Record<keyof Points, Float64Array>;

export const noPoints = (): Points => ({ x: [], y: [], time: [] });

/** The three columns of each series, one after the other: equal neighbours compress well. */
export function packPoints(series: readonly SeriesPoints[]): {
  heads: { name: string; axis: number; count: number }[];
  data: Buffer;
} {
  const heads = series.map(({ name, axis, x }) => ({ name, axis: METRIC_AXES.indexOf(axis), count: x.length }));
  const values = new Float64Array(heads.reduce((sum, { count }) => sum + 3 * count, 0));
  let at = 0;
  for (const points of series) {
    for (const column of [points.x, points.y, points.time]) {
      values.set(column, at);
      at += column.length;
    }
  }
  return { heads, data: Buffer.from(values.buffer) };
}

export function unpackPoints(
  heads: readonly { name: string; axis: number; count: number }[],
  data: Buffer,
): StoredPoints[] {
  // The bytes may begin anywhere in a larger buffer, where an array of numbers could not.
  const values = new Float64Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
  let at = 0;
  const column = (count: number): Float64Array => values.subarray(at, (at += count));
  return heads.map(({ name, axis, count }) => ({
    name,
    axis: METRIC_AXES[axis] ?? 'index',
    x: column(count),
    y: column(count),
    time: column(count),
  }));
}

/** Joins the points of series with the same name. */
export function joinPoints(parts: readonly (readonly (SeriesPoints | StoredPoints)[])[]): SeriesPoints[] {
  const joined = new Map<string, SeriesPoints>();
  for (const { name, axis, ...points } of parts.flat()) {
    const series = joined.get(name) ?? { name, axis, ...noPoints() };
    joined.set(name, series);
    appendPoints(series, points);
  }
  return [...joined.values()];
}

function appendPoints(to: Points, { x, y, time }: PointColumns): void {
  for (let i = 0; i < x.length; i++) {
    to.x.push(x[i] ?? 0);
    to.y.push(y[i] ?? Number.NaN);
    to.time.push(time[i] ?? 0);
  }
}
