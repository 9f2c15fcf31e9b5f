import { styleClasses } from './ansi-style';
import type { TextRun } from './line-text';
import { occurrences } from './output-search';
import { type SourcePlace, sourcePlace } from './source-place';

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

/** The pieces of a line, of which those that name a line of the project's files lead there. */
export function withPlace(runs: readonly DrawnRun[], fileOf: (path: string) => string | null): readonly DrawnRun[] {
  const found = sourcePlace(runs.map((run) => run.text).join(''));
  const path = found === null ? null : fileOf(found.path);
  if (found === null || path === null) return runs;
  const place = { path, line: found.line };
  let at = 0;
  return runs.flatMap((run) => {
    const [start, end] = [at, at + run.text.length];
    at = end;
    const cuts = [start, Math.min(Math.max(found.from, start), end), Math.max(Math.min(found.to, end), start), end];
    return [0, 1, 2]
      .map((part): DrawnRun => {
        const text = run.text.slice((cuts[part] as number) - start, (cuts[part + 1] as number) - start);
        if (part !== 1) return { ...run, text };
        // Where the files lie on the machine tells nobody anything.
        const whole = found.to - found.from === text.length && run.mark === '';
        return { ...run, text: whole ? text.replace('file://', '').replace(found.path, path) : text, place };
      })
      .filter(({ text }) => text !== '');
  });
}

/** When a line came, to the millisecond. */
export function clockTime(time: number): string {
  const at = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}
