import { isLetter } from './characters.js';
import { nameOf, phaseOf, placeOf } from './names.js';
import { wholeNumber } from './numbers.js';
import { type Cell, cellsOf, LONGEST_CELL, REPORT, type Style } from './table-cells.js';
import { PHASE_KEYS, STATISTICS } from './vocabulary.js';

/** The names of the columns, where the line is the head of such a table. */
export function headOf(line: string, style: Style, count: number): string[] | null {
  const columns = columnsOf(line, style, count);
  const known = columns?.some(
    (column) => placeOf(column) !== null || columnPlace(column) !== null || nameOf(column).kind === 'sure',
  );
  return known === true ? columns : null;
}

function columnsOf(line: string, style: Style, count: number): string[] | null {
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
  return columns;
}

/**
 * pandas prints the index of its rows below no name: numbers from 0, or labels. A head without a place is one of data,
 * unless all columns are measures and some of them of a phase, as the history of Keras has them.
 */
export function indexedHead(candidate: string, style: Style, cells: readonly Cell[]): string[] | null {
  const first = cells[0]?.text ?? '';
  if (style !== 'blank') return null;
  const columns = columnsOf(candidate, style, cells.length - 1);
  if (columns === null) return null;
  if (isLetter(first.charCodeAt(0))) return isLabelled(columns, first) ? ['', ...columns] : null;
  if (first !== '0') return null;
  const names = columns.map(nameOf);
  const isHistory =
    names.every(({ kind }) => kind === 'sure' || kind === 'course') && names.some(({ phase }) => phase !== null);
  return isHistory || columns.some((column) => placeOf(column) !== null) ? ['index', ...columns] : null;
}

/** A measure below phases, or a model below measures; not what `describe` tells of data. */
function isLabelled(columns: readonly string[], label: string): boolean {
  const measure = nameOf(label).kind === 'sure';
  if (measure) return columns.every((column) => phaseOf(column.toLowerCase()) !== null);
  return !STATISTICS.has(label) && label !== 'count' && columns.every((column) => nameOf(column).kind === 'sure');
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
