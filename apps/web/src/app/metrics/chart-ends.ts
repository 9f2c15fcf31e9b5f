import uPlot from 'uplot';
import type { ChartLine } from './chart-data';
import { placeNames } from './placed-names';

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
  { fontFamily, muted }: { fontFamily: string; muted: string },
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
  const named = placed.filter(({ ending }) => ending !== '');
  const [left, bottom] = [bbox.left + bbox.width + 8 * pxRatio, bbox.top + bbox.height];
  const tops = named.map(({ top }) => top);
  const { names, more } = placeNames(tops, bbox.top, bottom, LINE_PX * pxRatio);
  const font = (weight: number): string => `${weight} ${11 * pxRatio}px ${fontFamily}`;
  for (const { at, top } of names) {
    const end = named[at];
    if (!end) continue;
    ctx.font = font(end.before ? 400 : 600);
    ctx.fillStyle = colour(end.column);
    ctx.fillText(end.ending, left, top);
  }
  if (more > 0) {
    ctx.font = font(400);
    ctx.fillStyle = muted;
    ctx.fillText(`+${more} more`, left, bottom);
  }
  ctx.restore();
}

function circle(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): CanvasRenderingContext2D {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  return ctx;
}
