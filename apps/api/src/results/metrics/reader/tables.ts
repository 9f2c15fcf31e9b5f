import { COLON, isBlank, isDigit, isDrawing, isLetter } from './characters.js';
import { nameOf, phaseOf, placeOf } from './names.js';
import { scanNumber, wholeNumber } from './numbers.js';
import { emptyReading, type Found, type Reading } from './reading.js';
import { type Cell, cellsOf, MOST_COLUMNS, REPORT, type Style, styleOf } from './table-cells.js';
import { columnPlace, headOf, indexedHead, isPhaseColumn } from './table-heads.js';

export interface TablesState {
  /** The last line that could be the head of a table. */
  candidate: string | null;
  columns: string[];
  style: Style;
  /** Other lines since the last row. */
  passed: number;
}

const LONGEST_HEAD = 2_000;
/** A head holds no longer than so many lines that are no rows. */
const MOST_PASSED = 60;

/** Reads rows of numbers whose names stand in a line above them. */
export class Tables {
  private candidate: string | null;
  private columns: string[];
  private style: Style;
  private passed: number;

  constructor(state?: TablesState) {
    this.candidate = state?.candidate ?? null;
    this.columns = state?.columns ?? [];
    this.style = state?.style ?? 'blank';
    this.passed = state?.passed ?? 0;
  }

  get state(): TablesState {
    const { candidate, columns, style, passed } = this;
    return { candidate, columns, style, passed };
  }

  /** A line of words only: perhaps the head of a table. */
  offer(line: string): void {
    if (line.length > LONGEST_HEAD || isRule(line)) return;
    const text = withoutBar(line).trim();
    if (text === '') return;
    this.candidate = text;
    this.passed = 0;
  }

  /** Rows were read, and more may come. */
  get isOpen(): boolean {
    return this.columns.length > 0;
  }

  get hasHead(): boolean {
    return this.candidate !== null || this.columns.length > 0;
  }

  /** What the line says as a row of the table above it, or null. */
  row(line: string): Reading | null {
    if (!this.hasHead || line.length > LONGEST_HEAD) return null;
    const body = withoutBar(line);
    const style = styleOf(body);
    const cells = cellsOf(body, style);
    if (this.candidate !== null && rowLike(cells)) this.take(this.candidate, style, cells);
    if (this.columns.length === 0 || this.style !== style) return null;
    const reading = this.isReport() ? this.report(cells) : this.read(cells);
    if (!reading) return null;
    this.passed = 0;
    reading.bar = body.length < line.length;
    return reading;
  }

  /** A line that is no row. */
  pass(): void {
    if (++this.passed <= MOST_PASSED) return;
    this.columns = [];
    this.candidate = null;
  }

  private take(candidate: string, style: Style, cells: readonly Cell[]): void {
    const columns = headOf(candidate, style, cells.length) ?? indexedHead(candidate, style, cells);
    if (!columns) return;
    this.columns = columns;
    this.style = style;
    this.candidate = null;
  }

  private isReport(): boolean {
    return this.columns.length === REPORT.length && this.columns.every((column, i) => column === REPORT[i]);
  }

  /** scikit-learn's classification report: only its averages are about the model as a whole. */
  private report(cells: Cell[]): Reading | null {
    const label = cells
      .filter(({ text }) => wholeNumber(text) === null)
      .map(({ text }) => text)
      .join(' ');
    const numbers = cells.filter(({ text }) => wholeNumber(text) !== null);
    if (label === '' ? numbers.length !== 5 : numbers.length < 2) return null;
    const reading = { ...emptyReading(), whole: true };
    if (label === 'accuracy') reading.values = valuesOf(numbers.slice(0, 1), ['accuracy']);
    else if (label.endsWith(' avg'))
      reading.values = valuesOf(
        numbers.slice(0, 3),
        REPORT.slice(0, 3).map((column) => `${label} ${column}`),
      );
    return reading;
  }

  private read(cells: Cell[]): Reading | null {
    // A mark behind the row says that it is the best so far.
    if (cells.length === this.columns.length + 1 && cells.at(-1)?.text === '*') cells.pop();
    if (cells.length !== this.columns.length) return null;
    const reading = emptyReading();
    let label = '';
    const values: Cell[] = [];
    const names: string[] = [];
    for (const [i, cell] of cells.entries()) {
      const column = this.columns[i] ?? '';
      const place = placeIn(column, cell.text);
      const kind = place ? (placeOf(column) ?? columnPlace(column)) : null;
      if (place && kind) reading[kind] ??= { ...place, word: column.toLowerCase(), from: -1 };
      else if (isAmount(cell.text)) {
        if (nameOf(column).kind === 'never') continue;
        values.push(cell);
        names.push(column);
      } else if (isPhaseColumn(column) && phaseOf(cell.text.toLowerCase()) !== null)
        reading.phase = phaseOf(cell.text.toLowerCase());
      else if (i === 0 && isLetter(cell.text.charCodeAt(0))) label = cell.text;
      else if (!isFiller(cell.text)) return null;
    }
    // One number after a word is a pair, and a word of place is no label.
    if (label !== '' && (reading.epoch || reading.step || placeOf(label) !== null || values.length < 2)) return null;
    const placed = reading.epoch ?? reading.step ?? reading.batch;
    const before = reading.phase !== null ? `${reading.phase}/` : label === '' || label === 'all' ? '' : `${label} `;
    const named = names.map((name) => `${before}${name}`);
    const found = valuesOf(values, named);
    // Beside measures of a model the other columns are measures too, `P` and `R`.
    const measures = found.some(({ kind }) => kind === 'sure');
    reading.values = placed ? found : measures ? found.map((value) => ({ ...value, kind: 'sure' })) : [];
    return reading;
  }
}

function placeIn(column: string, text: string): { value: number; total: number | null } | null {
  if (placeOf(column) === null && columnPlace(column) === null) return null;
  if (!isDigit(text.charCodeAt(0))) return null;
  const { clean, end, value, total } = scanNumber(text, 0);
  return clean && end === text.length ? { value, total: total === total ? total : null } : null;
}

function valuesOf(cells: readonly Cell[], names: readonly string[]): Found[] {
  return cells.map(({ text, from, to }, i) => {
    const { name, kind } = nameOf(names[i] ?? '');
    return { name, y: wholeNumber(text) ?? Number.NaN, from, to, kind, weak: false, best: false };
  });
}

const isAmount = (text: string): boolean => wholeNumber(text) !== null;

/** Cells that hold no number for us: a duration, a size, a dash. */
const isFiller = (text: string): boolean =>
  text === '' || text === '-' || text === '--' || text === 'N/A' || isDigit(text.charCodeAt(0)) || isRule(text);

/** Numbers alone, or after one label. */
function rowLike(cells: readonly Cell[]): boolean {
  if (cells.length < 2 || cells.length > MOST_COLUMNS) return false;
  return (
    cells.some(({ text }) => isAmount(text)) &&
    cells.every(({ text }, i) => isAmount(text) || isFiller(text) || (i < 2 && isLetter(text.charCodeAt(0))))
  );
}

/** The line without a progress bar at its end, and without the `640:` that names it. */
function withoutBar(line: string): string {
  const bar = line.indexOf('%|');
  if (bar < 0) return line;
  let end = bar;
  while (end > 0 && (isDigit(line.charCodeAt(end - 1)) || isBlank(line.charCodeAt(end - 1)))) end--;
  return line.charCodeAt(end - 1) === COLON ? line.slice(0, end - 1) : line.slice(0, end);
}

/** A line that only parts others. */
function isRule(line: string): boolean {
  let marks = 0;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (isBlank(code)) continue;
    if (
      code !== 45 &&
      code !== 61 &&
      code !== 43 &&
      code !== 124 &&
      code !== 95 &&
      code !== 58 &&
      code !== 42 &&
      !isDrawing(code)
    )
      return false;
    marks++;
  }
  return marks > 0;
}
