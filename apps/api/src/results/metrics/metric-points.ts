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
export function packPoints(series: readonly StoredPoints[]): {
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

/** Points as they leave the thread that reads: all columns lie in one buffer, which goes over without a copy. */
export function storedPoints(series: readonly SeriesPoints[]): StoredPoints[] {
  const all = new Float64Array(series.reduce((sum, { x }) => sum + 3 * x.length, 0));
  let at = 0;
  const column = (numbers: readonly number[]): Float64Array => {
    const part = all.subarray(at, (at += numbers.length));
    part.set(numbers);
    return part;
  };
  return series.map(({ name, axis, x, y, time }) => ({ name, axis, x: column(x), y: column(y), time: column(time) }));
}

/** Joins the points of series with the same name. */
export function joinPoints(parts: readonly (readonly StoredPoints[])[]): StoredPoints[] {
  const joined = new Map<string, StoredPoints[]>();
  for (const series of parts.flat()) {
    const same = joined.get(series.name);
    if (same) same.push(series);
    else joined.set(series.name, [series]);
  }
  return [...joined].map(([name, same]) => ({
    name,
    axis: same[0]?.axis ?? 'index',
    x: concatenated(same.map(({ x }) => x)),
    y: concatenated(same.map(({ y }) => y)),
    time: concatenated(same.map(({ time }) => time)),
  }));
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
