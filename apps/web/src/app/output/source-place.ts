import type { DrawnRun } from './drawn-line';

/** A line of a file of the project. */
export interface SourcePlace {
  path: string;
  line: number;
}

const PYTHON = /^\s*File "([^"]{1,1000})", line (\d{1,7})/;
/** The end of a frame of Node.js. */
const NODE_END = /:(\d{1,7}):\d{1,7}\)?$/;
const LONGEST = 2_000;

interface Found extends SourcePlace {
  from: number;
  to: number;
}

/** Where a line of a traceback says that the program was; the path is as the program has it. */
export function sourcePlace(text: string): Found | null {
  if (text.length > LONGEST) return null;
  const python = PYTHON.exec(text);
  if (python) {
    const from = text.indexOf('File "');
    return { path: python[1] ?? '', line: Number(python[2]), from, to: python[0].length };
  }
  if (!/^\s+at \S/.test(text)) return null;
  const end = NODE_END.exec(text);
  if (!end) return null;
  const from = Math.max(text.lastIndexOf('(', end.index) + 1, text.indexOf('at ') + 'at '.length);
  const path = text.slice(from, end.index).replace(/^file:\/\//, '');
  return { path, line: Number(end[1]), from, to: end[0].endsWith(')') ? text.length - 1 : text.length };
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
