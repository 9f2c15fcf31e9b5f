import type { OutputBuffer } from './output-buffer';

/** Lines that are looked at: a program that prints without a pause has many of one time. */
const MOST_LINES = 20_000;
/** A point has the time at which its line was complete, a line that of its first byte. */
const SLACK_MS = 2_000;
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g;

type Lines = Pick<OutputBuffer, 'lineCount' | 'timeOf' | 'visibleText'>;

/**
 * The line that a point of a chart was read from: of those printed about then the one that has its value, and its step
 * if there are several. Null where none has.
 */
export function lineOfPoint(lines: Lines, point: { x: number; y: number; time: number }): number | null {
  const end = firstAfter(lines, point.time);
  let found: number | null = null;
  for (let line = end - 1; line >= 0 && end - line <= MOST_LINES; line--) {
    const numbers = (lines.visibleText(line).match(NUMBER) ?? []).map(Number);
    if (numbers.includes(point.y)) {
      if (numbers.includes(point.x)) return line;
      found ??= line;
    }
    if (lines.timeOf(line) < point.time - SLACK_MS && found !== null) break;
  }
  return found;
}

/** The first line that was printed clearly later. */
function firstAfter(lines: Lines, time: number): number {
  let [low, high] = [0, lines.lineCount];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines.timeOf(middle) <= time + SLACK_MS) low = middle + 1;
    else high = middle;
  }
  return low;
}
