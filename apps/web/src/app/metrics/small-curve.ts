interface Columns {
  x: readonly number[];
  y: readonly (number | null)[];
}

/** An SVG path of a curve that fills a box; a value that is no number parts it. Empty with fewer than two numbers. */
export function smallCurve({ x, y }: Columns, width: number, height: number): string {
  const points = x.map((at, i) => ({ at, value: y[i] ?? null })).sort((a, b) => a.at - b.at);
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length < 2) return '';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [from, to] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  let pen = 'M';
  return points
    .map(({ at, value }) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const across = to > from ? ((at - from) / (to - from)) * width : 0;
      const down = high > low ? (1 - (value - low) / (high - low)) * height : height / 2;
      const piece = `${pen}${across.toFixed(1)} ${down.toFixed(1)}`;
      pen = 'L';
      return piece;
    })
    .join('');
}
