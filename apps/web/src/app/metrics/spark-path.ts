interface Point {
  x: number;
  y: number;
}

/**
 * A small curve in a box of `width` by `height`: per pixel column its lowest and highest value, so that no peak is
 * lost. It has a gap where a value is no number, and a dot where one stands alone.
 */
export function sparkPath(x: readonly number[], y: readonly (number | null)[], width: number, height: number): string {
  const order = x.map((_, i) => i).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0) || a - b);
  const stretches: Point[][] = [[]];
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const i of order) {
    const [place, value] = [x[i] ?? 0, y[i] ?? null];
    [left, right] = [Math.min(left, place), Math.max(right, place)];
    if (value === null) stretches.push([]);
    else {
      [low, high] = [Math.min(low, value), Math.max(high, value)];
      stretches.at(-1)?.push({ x: place, y: value });
    }
  }
  const part = (value: number, from: number, to: number): number =>
    to > from ? (value / 2 - from / 2) / (to / 2 - from / 2) : 0.5;
  const drawn = (stretch: Point[]): Point[] =>
    thinned(
      stretch.map((point) => ({
        x: part(point.x, left, right) * width,
        y: height - part(point.y, low, high) * height,
      })),
    );
  return stretches
    .map(drawn)
    .filter(({ length }) => length > 0)
    .map((points) => points.map((point) => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`))
    .map((points) => `M${points.join('L')}${points.length === 1 ? 'h0' : ''}`)
    .join('');
}

/** Of the points in one pixel column the highest and the lowest, in their order. */
function thinned(points: readonly Point[]): Point[] {
  const columns = new Map<number, [Point] | [Point, Point]>();
  for (const point of points) {
    const column = Math.floor(point.x);
    const kept = columns.get(column);
    if (!kept) columns.set(column, [point]);
    else if (kept.length === 1) columns.set(column, [kept[0], point]);
    else {
      const ordered = [...kept, point].sort((a, b) => a.y - b.y);
      const [first = point, last = point] = [ordered[0], ordered.at(-1)];
      columns.set(column, first.x <= last.x ? [first, last] : [last, first]);
    }
  }
  return [...columns.values()].flat();
}
