/**
 * A small curve in a box of `width` by `height`: per pixel column its lowest and highest value, so that no peak is
 * lost.
 */
export function sparkPath(x: readonly number[], y: readonly (number | null)[], width: number, height: number): string {
  const points = x
    .map((place, i) => ({ x: place, y: y[i] ?? null }))
    .filter((point): point is { x: number; y: number } => point.y !== null);
  if (points.length < 2) return '';
  points.sort((a, b) => a.x - b.x);
  const [left, right] = [points[0]?.x ?? 0, points.at(-1)?.x ?? 1];
  const low = points.reduce((least, point) => Math.min(least, point.y), Number.POSITIVE_INFINITY);
  const high = points.reduce((most, point) => Math.max(most, point.y), Number.NEGATIVE_INFINITY);
  const toX = (value: number) => (right > left ? ((value - left) / (right - left)) * width : width / 2);
  const toY = (value: number) => (high > low ? height - ((value - low) / (high - low)) * height : height / 2);
  const columns = new Map<number, { x: number; y: number }[]>();
  for (const point of points) {
    const column = Math.floor(toX(point.x));
    const kept = columns.get(column);
    if (!kept) columns.set(column, [point]);
    else if (kept.length < 2) kept.push(point);
    else {
      const ordered = [...kept, point].sort((a, b) => a.y - b.y);
      const ends = [ordered[0], ordered.at(-1)].filter((end) => end !== undefined);
      columns.set(
        column,
        ends.sort((a, b) => a.x - b.x),
      );
    }
  }
  const path = [...columns.values()].flat().map((point) => `${toX(point.x).toFixed(1)} ${toY(point.y).toFixed(1)}`);
  return `M${path.join('L')}`;
}
