type Column = { x: readonly number[]; y: readonly (number | null)[] };

/** The mean of several lines, and how far they lie apart, at each place that any of them has. */
export interface MeanBand {
  x: number[];
  y: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
}

/** Of the lines that have a value at a place; of several at one place a line has the last. */
export function meanBand(lines: readonly Column[]): MeanBand {
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
    band.x.push(place);
    band.y.push(values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null);
    band.low.push(values.length > 0 ? Math.min(...values) : null);
    band.high.push(values.length > 0 ? Math.max(...values) : null);
  }
  return band;
}
