import type { MetricDirection } from '@mle/protocol';
import { type ChartLine, sorted } from './chart-data';

/** Points of all lines of a chart up to which each of them is drawn as it is. */
const PLAIN_POINTS = 40_000;
/** Columns of the common grid: as many as a large chart has pixels in about two. */
const GRID_COLUMNS = 400;
/** Of the values, those at each end that are taken for outliers. */
const OUTLYING = 0.02;
const MARGIN = 0.1;

/** Each value the best that there was up to it. */
export function bestSoFar(line: ChartLine, direction: MetricDirection): ChartLine {
  const { x, y } = sorted(line);
  let best: number | null = null;
  const less = direction === 'lower';
  return {
    ...line,
    x,
    y: y.map((value) => {
      if (value !== null && (best === null || (less ? value < best : value > best))) best = value;
      return best;
    }),
  };
}

/** The range that holds all values but the outliers at both ends; null where there is none or it is a point. */
export function robustRange(lines: readonly Pick<ChartLine, 'y'>[]): [number, number] | null {
  const values = lines.flatMap(({ y }) => y.filter((value): value is number => value !== null)).sort((a, b) => a - b);
  const at = (share: number): number => values[Math.round(share * (values.length - 1))] ?? 0;
  const [low, high] = [at(OUTLYING), at(1 - OUTLYING)];
  const room = (high - low) * MARGIN;
  return room > 0 ? [low - room, high + room] : null;
}

/**
 * Lines that share their places, each with the lowest and the highest value of each column: very many points of very
 * many lines would otherwise make a row for every place of every line.
 */
export function onCommonGrid(lines: readonly ChartLine[]): readonly ChartLine[] {
  const count = lines.reduce((sum, { x }) => sum + x.length, 0);
  if (count <= PLAIN_POINTS) return lines;
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x } of lines) {
    const [low, high] = extentOf(x);
    [from, to] = [Math.min(from, low), Math.max(to, high)];
  }
  const width = (to - from) / GRID_COLUMNS || 1;
  return lines.map((line) => ({ ...line, ...thinnedOnce(line, from, width) }));
}

type Columns = Pick<ChartLine, 'x' | 'y'>;

/** The columns of a run that is over are the same ones at each point of another: neither is gone through again. */
const extents = new WeakMap<Columns['x'], [number, number]>();
const thin = new WeakMap<Columns['y'], { x: Columns['x']; from: number; width: number; columns: Columns }>();

function extentOf(x: Columns['x']): [number, number] {
  const known = extents.get(x);
  if (known) return known;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const place of x) [low, high] = [Math.min(low, place), Math.max(high, place)];
  extents.set(x, [low, high]);
  return [low, high];
}

function thinnedOnce({ x, y }: Columns, from: number, width: number): Columns {
  const known = thin.get(y);
  if (known?.x === x && known.from === from && known.width === width) return known.columns;
  const columns = thinned({ x, y }, from, width);
  thin.set(y, { x, from, width, columns });
  return columns;
}

interface Extremes {
  first: number;
  second: number;
}

function thinned(line: Columns, from: number, width: number): Columns {
  const columns = new Map<number, Extremes>();
  const order = sorted(line);
  order.x.forEach((place, i) => {
    const value = order.y[i] ?? null;
    if (value === null) return;
    const column = Math.min(GRID_COLUMNS - 1, Math.floor((place - from) / width));
    const known = columns.get(column);
    if (!known) columns.set(column, { first: value, second: value });
    else if (value < Math.min(known.first, known.second)) columns.set(column, withLowest(known, value));
    else if (value > Math.max(known.first, known.second)) columns.set(column, withHighest(known, value));
  });
  const [x, y]: [number[], number[]] = [[], []];
  for (const [column, { first, second }] of columns) {
    x.push(from + column * width, from + (column + 0.5) * width);
    y.push(first, second);
  }
  return { x, y };
}

const withLowest = ({ first, second }: Extremes, value: number): Extremes => ({
  first: Math.max(first, second),
  second: value,
});
const withHighest = ({ first, second }: Extremes, value: number): Extremes => ({
  first: Math.min(first, second),
  second: value,
});
