import { nameOf, placeOf } from './names.js';
import { wholeNumber } from './numbers.js';
import { type Cell, cellsOf, LONGEST_CELL, REPORT, type Style } from './table-cells.js';
import { PHASE_KEYS } from './vocabulary.js';

/** The names of the columns, where the line is the head of such a table. */
export function headOf(line: string, style: Style, count: number): string[] | null {
  // numpy and gnuplot mark the head as a comment: `# epoch loss`; spaCy has a column of that name.
  const candidate = /^# +\p{L}/u.test(line) ? line.slice(1).trimStart() : line;
  const wide = style === 'blank' ? splitWide(candidate) : cellsOf(candidate, style).map(({ text }) => text);
  const narrow = style === 'blank' ? cellsOf(candidate, style).map(({ text }) => text) : wide;
  const isReportHead = narrow.join(' ') === REPORT.join(' ');
  const columns = (isReportHead ? narrow : wide.length === count ? wide : narrow.length === count ? narrow : []).map(
    grouped(),
  );
  if (
    columns.length < 2 ||
    columns.some(
      (column) => column === '' || column.length > LONGEST_CELL || column.endsWith(':') || wholeNumber(column) !== null,
    )
  )
    return null;
  const known = columns.some(
    (column) => placeOf(column) !== null || columnPlace(column) !== null || nameOf(column).kind === 'sure',
  );
  return known ? columns : null;
}

/** pandas prints the index of its rows, from 0, below no name; a head without a place is one of data. */
export function indexedHead(candidate: string, style: Style, cells: readonly Cell[]): string[] | null {
  if (style !== 'blank' || cells[0]?.text !== '0') return null;
  const columns = headOf(candidate, style, cells.length - 1);
  return columns?.some((column) => placeOf(column) !== null) ? ['index', ...columns] : null;
}

/**
 * ultralytics opens a bracket in one column and closes it in another: `Box(P   R   mAP50)   Mask(P   R   mAP50)`. What
 * stands before the bracket tells the columns of a second group from those of the first.
 */
function grouped(): (text: string) => string {
  const known = new Set<string>();
  let group = '';
  return (text) => {
    const open = text.indexOf('(');
    const opens = open >= 0 && !text.includes(')');
    if (opens) group = text.slice(0, open).trim();
    const plain = opens ? text.slice(open + 1).trim() : open < 0 && text.endsWith(')') ? text.slice(0, -1) : text;
    const name = known.has(plain) && group !== '' ? `${group} ${plain}` : plain;
    if (open < 0 && text.endsWith(')')) group = '';
    known.add(plain);
    return name;
  };
}

/** Parted by two blanks at least. */
function splitWide(text: string): string[] {
  return text
    .split(/ {2}|\t/)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');
}

export const columnPlace = (column: string): 'epoch' | 'step' | null =>
  column === 'E' ? 'epoch' : column === '#' ? 'step' : null;

/** A column that tells in each row which phase it is of: `split`, `phase`. */
export const isPhaseColumn = (column: string): boolean => PHASE_KEYS.has(column.toLowerCase());
