/** The height of a line as it would be without wrapping: a position counts in lines of this height. */
export const LINE_PX = 18;

/**
 * Where one is `delta` pixels further, in an output whose long lines are wrapped. Positions count each line as
 * `LINE_PX`, whatever its real height; `heightOf` gives that of a line that is drawn, or null.
 */
export function movedBy(top: number, delta: number, heightOf: (line: number) => number | null): number {
  let line = Math.floor(top / LINE_PX);
  let inside = (top / LINE_PX - line) * (heightOf(line) ?? LINE_PX) + delta;
  while (inside < 0 && line > 0) {
    line--;
    inside += heightOf(line) ?? LINE_PX;
  }
  for (let height = heightOf(line) ?? LINE_PX; inside >= height; height = heightOf(line) ?? LINE_PX) {
    inside -= height;
    line++;
  }
  return Math.max(0, (line + inside / (heightOf(line) ?? LINE_PX)) * LINE_PX);
}
