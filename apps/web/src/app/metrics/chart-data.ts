import { shownExponential } from '@mle/protocol/shown-number';
import { elapsed } from '../core/format';

/** One line of a chart. */
export interface ChartLine {
  id: string;
  label: string;
  /** Place in the palette. */
  slot: number;
  x: readonly number[];
  y: readonly (number | null)[];
  /** It still grows. */
  live: boolean;
  /** Of the run before: grey and thin. */
  before?: boolean;
  /** Measured on data that are held out: dashed in the colour of its run. */
  held?: boolean;
  /** Stands at the end of the line. */
  ending?: string;
  /** A colour of its own, by its token. */
  token?: string;
  /** How far the lines lie apart whose mean this is, at each of its places. */
  band?: { low: readonly (number | null)[]; high: readonly (number | null)[] };
}

/**
 * Rows for all lines: `x` ascends; a line without a point there has undefined, which is drawn over, and null is a gap.
 */
export interface Rows {
  x: number[];
  columns: (number | null | undefined)[][];
}

/** A line with its points in the order of x; those of one place stay in the order in which they were printed. */
export function sorted({ x, y }: Pick<ChartLine, 'x' | 'y'>): { x: number[]; y: (number | null)[] } {
  const ordered = x.every((value, i) => i === 0 || value >= (x[i - 1] ?? value));
  if (ordered) return { x: [...x], y: [...y] };
  const order = x.map((_, i) => i).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0) || a - b);
  return { x: order.map((i) => x[i] ?? 0), y: order.map((i) => y[i] ?? null) };
}

/**
 * Lays lines side by side. A place that a line has several times takes several rows, so that no value covers another.
 */
export function rowsOf(lines: readonly { x: readonly number[]; y: readonly (number | null)[] }[]): Rows {
  const times = new Map<number, number>();
  for (const { x } of lines) {
    for (let i = 0; i < x.length;) {
      const place = x[i] ?? 0;
      let end = i;
      while (end < x.length && x[end] === place) end++;
      times.set(place, Math.max(times.get(place) ?? 0, end - i));
      i = end;
    }
  }
  const places = [...times].sort(([a], [b]) => a - b);
  const x = places.flatMap(([place, count]) => Array.from({ length: count }, () => place));
  const columns = lines.map((line) => {
    const column: (number | null | undefined)[] = new Array<undefined>(x.length).fill(undefined);
    let row = 0;
    line.x.forEach((place, i) => {
      while ((x[row] ?? place) < place) row++;
      column[row++] = line.y[i];
    });
    return column;
  });
  return { x, columns };
}

/** An exponential mean that begins at the first value; `weight` 0 changes nothing, 0.99 hardly follows. */
export function smooth(y: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...y];
  let mean = 0;
  let sum = 0;
  return y.map((value) => {
    if (value === null) return null;
    mean = mean * weight + (1 - weight) * value;
    sum = sum * weight + (1 - weight);
    return mean / sum;
  });
}

/** Where a value has a gap or an end on both sides: a line through such points alone would show nothing. */
export function lonePoints(column: ArrayLike<number | null | undefined>): number[] {
  const lone: number[] = [];
  let [first, count] = [-1, 0];
  for (let i = 0; i <= column.length; i++) {
    const value = i < column.length ? column[i] : null;
    if (typeof value === 'number') {
      if (count++ === 0) first = i;
    } else if (value === null) {
      if (count === 1) lone.push(first);
      count = 0;
    }
  }
  return lone;
}

/**
 * What values are divided by before they are drawn, a power of ten: an axis has no labels for numbers of more than
 * about fifteen digits before or behind the point.
 */
export function unitOf(columns: readonly (readonly (number | null)[])[]): number {
  let most = 0;
  for (const column of columns) for (const value of column) most = Math.max(most, Math.abs(value ?? 0));
  return most === 0 || (most > 1e-12 && most < 1e15) ? 1 : 10 ** Math.max(-300, Math.floor(Math.log10(most)));
}

/** The value at `x`, or that of the nearest point before it; after the line's end its last. */
export function valueAt(x: readonly number[], y: readonly (number | null)[], place: number): number | null {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : (y[low - 1] ?? null);
}

/** For an axis: `1k`, `2.5M`, `1e30`. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return shownExponential(value, 6);
  const [scale, unit] = size >= 1e9 ? [1e9, 'G'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, ''];
  return `${Number((value / scale).toPrecision(6))}${unit}`.replaceAll('-', '−');
}

/** A time since the start: `7.5 s`, then `3:12`. */
export const seconds = (value: number): string =>
  value < 60 ? `${short(Math.round(value * 10) / 10)} s` : elapsed(value * 1000);

/** What a chart shows, in a sentence, for who does not see it. */
export function description(
  title: string,
  axis: string,
  lines: readonly ChartLine[],
  format: (value: number | null) => string,
): string {
  const drawn = lines.filter(({ x }) => x.length > 0);
  if (drawn.length === 0) return `${title}: no points yet.`;
  const parts = drawn.slice(0, 6).map(({ label, x, y }) => {
    const finite = y.filter((value): value is number => value !== null);
    const range = finite.length > 0 ? `, from ${format(lowest(finite))} to ${format(highest(finite))}` : '';
    return `${label} ${format(y.at(-1) ?? null)} at ${axis} ${short(x.at(-1) ?? 0)}${range}`;
  });
  const more = drawn.length > parts.length ? `; and ${drawn.length - parts.length} more` : '';
  return `${title} by ${axis}. ${parts.join('; ')}${more}.`;
}

/** Without spreading into arguments, of which there may be too many. */
const lowest = (values: readonly number[]): number =>
  values.reduce((a, b) => (b < a ? b : a), Number.POSITIVE_INFINITY);
export const highest = (values: readonly number[]): number =>
  values.reduce((a, b) => (b > a ? b : a), Number.NEGATIVE_INFINITY);
