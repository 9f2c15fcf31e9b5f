import type uPlot from 'uplot';

/** A point that was pointed at: of which line, by its place among them, and where it is. */
export interface PickedPoint {
  line: number;
  x: number;
  y: number;
}

/** How far from a point one may be. */
const REACH_PX = 24;

/** The point nearest to the cursor. `columns` names that of each line; a line that cannot be seen has none. */
export function nearestPoint(plot: uPlot, columns: readonly (number | null)[], unit: number): PickedPoint | null {
  const { left = -1, top = -1, idxs } = plot.cursor;
  let found: PickedPoint | null = null;
  let reach = REACH_PX;
  columns.forEach((column, line) => {
    const index = column === null ? null : idxs?.[column];
    const x = index === null || index === undefined ? undefined : plot.data[0][index];
    const y = index === null || index === undefined || column === null ? undefined : plot.data[column]?.[index];
    if (x === undefined || y === undefined || y === null) return;
    const away = Math.hypot(plot.valToPos(x, 'x') - left, plot.valToPos(y, 'y') - top);
    if (away >= reach) return;
    reach = away;
    found = { line, x, y: y * unit };
  });
  return found;
}
