type Column = { x: readonly number[]; y: readonly (number | null)[] };

/** The mean of several lines, and how far they lie apart, at each place that any of them has. */
export interface MeanBand {
  x: number[];
  y: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
}

/** How far they lie apart: from the lowest to the highest, or one standard deviation to each side of the mean. */
export type Spread = 'range' | 'sd';

/** Of the lines that have a value at a place; of several at one place a line has the last. */
export function meanBand(lines: readonly Column[], spread: Spread = 'range'): MeanBand {
  const places = new Map<number, Map<number, number>>();
  lines.forEach(({ x, y }, line) =>
    x.forEach((place, i) => {
      const value = y[i] ?? null;
      const here = places.get(place) ?? new Map<number, number>();
      places.set(place, here);
      if (value !== null) here.set(line, value);
    }),
  );
  const band: MeanBand = { x: [], y: [], low: [], high: [] };
  for (const [place, here] of [...places].sort(([a], [b]) => a - b)) {
    const values = [...here.values()];
    const mean = values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
    const sd = mean !== null && spread === 'sd' ? deviation(values, mean) : null;
    band.x.push(place);
    band.y.push(mean);
    band.low.push(mean === null ? null : sd === null ? Math.min(...values) : mean - sd);
    band.high.push(mean === null ? null : sd === null ? Math.max(...values) : mean + sd);
  }
  return band;
}

/** Of a sample: of one value it is nothing. */
function deviation(values: readonly number[], mean: number): number {
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}
