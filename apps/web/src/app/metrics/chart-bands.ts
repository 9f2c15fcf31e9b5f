import type uPlot from 'uplot';
import type { ChartLine } from './chart-data';

const ALPHA = 0.16;

/** The area in which the lines lie whose mean a line is. */
export function drawBand(plot: uPlot, { x, band }: ChartLine, unit: number, colour: string): void {
  if (!band) return;
  const { ctx, bbox } = plot;
  const at = (place: number, value: number): [number, number] => [
    plot.valToPos(place, 'x', true),
    plot.valToPos(value / unit, 'y', true),
  ];
  const known = x.flatMap((place, i) => {
    const [low, high] = [band.low[i] ?? null, band.high[i] ?? null];
    return low === null || high === null ? [] : [{ place, low, high }];
  });
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.beginPath();
  for (const { place, high } of known) ctx.lineTo(...at(place, high));
  for (const { place, low } of known.reverse()) ctx.lineTo(...at(place, low));
  ctx.closePath();
  ctx.globalAlpha = ALPHA;
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.restore();
}

/** The range of what is drawn, bands among it, in units of the axis. */
export function bandRange(
  { lines, hidden }: { lines: readonly ChartLine[]; hidden: readonly boolean[] },
  unit: number,
  low: number,
  high: number,
): [number, number] {
  let [least, most] = [low, high];
  lines.forEach(({ band }, i) => {
    if (!band || hidden[i]) return;
    for (const value of band.low) if (value !== null) least = Math.min(least, value / unit);
    for (const value of band.high) if (value !== null) most = Math.max(most, value / unit);
  });
  return [least, most];
}
