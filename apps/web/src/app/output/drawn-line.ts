import { styleClasses } from './ansi-style';
import type { TextRun } from './line-text';
import { occurrences } from './output-search';
import type { SourcePlace } from './source-place';

/** A piece of a line as the page draws it. */
export interface DrawnRun {
  text: string;
  classes: string;
  mark: '' | 'mark' | 'mark now';
  /** It leads to a line of the project. */
  place?: SourcePlace;
}

/** A line as the page draws it. */
export interface DrawnRow {
  /** Among the lines that are shown. */
  place: number;
  /** Among all lines. */
  index: number;
  top: number;
  kind: string;
  time: string;
  runs: readonly DrawnRun[];
}

/**
 * The pieces of a line, cut where an occurrence of `query` begins or ends; `now` says which of them is the present one.
 */
export function drawnLine(runs: readonly TextRun[], query: string, now: number): DrawnRun[] {
  const needle = query.toLowerCase();
  const found = needle === '' ? [] : occurrences(runs.map((run) => run.text).join(''), needle);
  if (found.length === 0) return runs.map((run) => ({ text: run.text, classes: styleClasses(run.style), mark: '' }));
  const drawn: DrawnRun[] = [];
  let at = 0;
  let nth = 0;
  for (const run of runs) {
    const classes = styleClasses(run.style);
    const end = at + run.text.length;
    while (at < end) {
      while (nth < found.length && (found[nth] as number) + needle.length <= at) nth++;
      const start = found[nth] ?? Infinity;
      const inside = at >= start;
      const to = Math.min(end, inside ? start + needle.length : start);
      drawn.push({
        text: run.text.slice(run.text.length - (end - at), run.text.length - (end - to)),
        classes,
        mark: inside ? (nth === now ? 'mark now' : 'mark') : '',
      });
      at = to;
    }
  }
  return drawn;
}

/** When a line came, to the millisecond. */
export function clockTime(time: number): string {
  const at = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}
