import uPlot from 'uplot';
import type { ChartLine } from './chart-data';

/** Where a line ends, in the units of its axes. */
export interface LineEnd {
  x: number;
  y: number;
  column: number;
  /** It still grows. */
  live: boolean;
  before: boolean;
  /** Its name, where that stands beside its end. */
  ending: string;
}

const MARGIN_PX = 18;
const MOST_PX = 120;
/** Between two names. */
const LINE_PX = 13;

/** Room at the right for what stands at the ends of the lines. */
export function endingWidth(lines: readonly Pick<ChartLine, 'ending'>[]): number {
  const longest = Math.max(0, ...lines.map(({ ending = '' }) => ending.length));
  return longest === 0 ? MARGIN_PX : Math.min(MOST_PX, MARGIN_PX + 6.6 * longest);
}

/** A dot at the end of each line, with a ring while it still grows, and the names of those that have one. */
export function drawEnds(
  plot: uPlot,
  ends: readonly LineEnd[],
  colour: (column: number) => string,
  fontFamily: string,
): void {
  const { ctx, bbox } = plot;
  const { pxRatio } = uPlot;
  const placed = ends.map((end) => ({
    ...end,
    left: plot.valToPos(end.x, 'x', true),
    top: plot.valToPos(end.y, 'y', true),
  }));
  ctx.save();
  for (const { left, top, column, live } of placed) {
    if (left < bbox.left - 1 || left > bbox.left + bbox.width + 1) continue;
    if (top < bbox.top || top > bbox.top + bbox.height + 1) continue;
    ctx.fillStyle = ctx.strokeStyle = colour(column);
    circle(ctx, left, top, 3 * pxRatio).fill();
    if (!live) continue;
    ctx.lineWidth = pxRatio;
    ctx.globalAlpha = 0.5;
    circle(ctx, left, top, 5.5 * pxRatio).stroke();
    ctx.globalAlpha = 1;
  }
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  let free = bbox.top;
  for (const { ending, top, column, before } of placed.sort((a, b) => a.top - b.top)) {
    if (ending === '') continue;
    // Names that would cover one another move down.
    const y = Math.min(Math.max(top, free), bbox.top + bbox.height);
    free = y + LINE_PX * pxRatio;
    ctx.font = `${before ? 400 : 600} ${11 * pxRatio}px ${fontFamily}`;
    ctx.fillStyle = colour(column);
    ctx.fillText(ending, bbox.left + bbox.width + 8 * pxRatio, y);
  }
  ctx.restore();
}

function circle(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): CanvasRenderingContext2D {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  return ctx;
}
