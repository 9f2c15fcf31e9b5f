import type { PointColumns, Points } from './metric-points.js';
import { noPoints } from './metric-points.js';

/** Points of a column: the first, the lowest, the highest and the last. */
const KEPT = 4;

interface Point {
  /** Counts the points of the series. */
  n: number;
  x: number;
  y: number;
  time: number;
}

interface Column {
  first: Point;
  lowest: Point | null;
  highest: Point | null;
  last: Point;
  odd: Point | null;
}

/**
 * About `most` points that look the same: the x range is cut into columns of equal width, and each column keeps its
 * first, lowest, highest and last point, and one that is no number. Widths are powers of two and columns begin at
 * multiples of them, so that a series that grows keeps its columns until they are joined by pairs, and the same points
 * always give the same picture.
 */
export class Downsampler {
  private readonly width: number;
  private readonly points = noPoints();
  private readonly columns = new Map<number, Column>();
  private pushed = 0;

  constructor(
    { low, high, count }: { low: number; high: number; count: number },
    private readonly most: number,
  ) {
    const columns = Math.max(1, Math.floor(most / KEPT));
    this.width = count <= most ? 0 : high > low ? 2 ** Math.ceil(Math.log2((high - low) / columns)) : 1;
  }

  push({ x, y, time }: PointColumns): void {
    for (let i = 0; i < x.length; i++) this.add(x[i] ?? 0, y[i] ?? Number.NaN, time[i] ?? 0);
  }

  /** Of few points all, of many those that are kept; as they came, so that the last is the one printed last. */
  result(): Points {
    if (this.width === 0) return this.points;
    const result = noPoints();
    const kept = new Set<Point>();
    for (const { first, lowest, highest, last, odd } of this.columns.values())
      for (const point of [first, lowest, highest, last, odd]) if (point !== null) kept.add(point);
    for (const { x, y, time } of [...kept].sort((a, b) => a.n - b.n)) add(result, x, y, time);
    return result;
  }

  private add(x: number, y: number, time: number): void {
    if (this.width === 0) return add(this.points, x, y, time);
    const point = { n: this.pushed++, x, y, time };
    const index = Math.floor(x / this.width);
    const column = this.columns.get(index);
    if (!column) {
      const known = Number.isFinite(y) ? point : null;
      this.columns.set(index, { first: point, lowest: known, highest: known, last: point, odd: known ? null : point });
      return;
    }
    column.last = point;
    if (!Number.isFinite(y)) column.odd ??= point;
    else {
      if (!column.lowest || y < column.lowest.y) column.lowest = point;
      if (!column.highest || y > column.highest.y) column.highest = point;
    }
  }
}

export function downsample(points: PointColumns, most: number): Points {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < points.x.length; i++) {
    const x = points.x[i] ?? 0;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  const sampler = new Downsampler({ low, high, count: points.x.length }, most);
  sampler.push(points);
  return sampler.result();
}

function add(points: Points, x: number, y: number, time: number): void {
  points.x.push(x);
  points.y.push(y);
  points.time.push(time);
}
