import { styleClasses } from './ansi-style';
import type { TextRun } from './line-text';
import { occurrences } from './output-search';

/** A piece of a line as the page draws it. */
export interface DrawnRun {
  text: string;
  classes: string;
  mark: '' | 'mark' | 'mark now';
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
