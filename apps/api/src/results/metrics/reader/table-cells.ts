import { isBarLine, isBlank } from './characters.js';

/** How the columns of a table are parted. */
export type Style = 'blank' | 'bar' | 'comma' | 'semicolon' | 'tab';

export interface Cell {
  text: string;
  from: number;
  to: number;
}

export const MOST_COLUMNS = 100;
export const LONGEST_CELL = 60;
/** The head of scikit-learn's classification report. */
export const REPORT = ['precision', 'recall', 'f1-score', 'support'];

export function styleOf(line: string): Style {
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (isBarLine(code)) return 'bar';
    if (code === 44) return 'comma';
    if (code === 59) return 'semicolon';
  }
  return line.trim().includes('\t') ? 'tab' : 'blank';
}

/** The cells of a line; bars at its ends part nothing. */
export function cellsOf(line: string, style: Style): Cell[] {
  const cells: Cell[] = [];
  let start = 0;
  for (let at = 0; at <= line.length && cells.length <= MOST_COLUMNS; at++) {
    if (at < line.length && !parts(line.charCodeAt(at), style)) continue;
    let [from, to] = [start, at];
    while (from < to && isBlank(line.charCodeAt(from))) from++;
    while (to > from && isBlank(line.charCodeAt(to - 1))) to--;
    if (
      to > from ||
      style === 'comma' ||
      style === 'semicolon' ||
      (style === 'bar' && cells.length > 0 && at < line.length)
    )
      cells.push({ text: line.slice(from, to), from, to });
    start = at + 1;
  }
  return cells;
}

function parts(code: number, style: Style): boolean {
  if (style === 'bar') return isBarLine(code);
  if (style === 'comma') return code === 44;
  return style === 'semicolon' ? code === 59 : style === 'tab' ? code === 9 : isBlank(code);
}
