import { isBarLine } from './characters.js';
import { nameOf, placeOf } from './names.js';
import { wholeNumber } from './numbers.js';
import { emptyReading, type Found, type Reading } from './reading.js';
import { cellsOf } from './table-cells.js';

interface Row {
  name: string;
  text: string;
  y: number;
}

export type BoxState = { section: string; rows: (Omit<Row, 'y'> & { y: string })[] };

const MOST_ROWS = 200;
const LONGEST_ROW = 300;

/**
 * Reads boxes with a name and a number in each row, as stable-baselines3 draws them. The step may stand below the
 * values that belong to it, so that a box is read as a whole.
 */
export class Box {
  private section: string;
  private rows: Row[];

  constructor(state?: BoxState) {
    this.section = state?.section ?? '';
    this.rows = state?.rows.map(({ name, text, y }) => ({ name, text, y: Number(y) })) ?? [];
  }

  get state(): BoxState {
    return { section: this.section, rows: this.rows.map(({ name, text, y }) => ({ name, text, y: String(y) })) };
  }

  get isOpen(): boolean {
    return this.rows.length > 0;
  }

  /** Whether the line is a row of a box, which is then kept. */
  take(line: string): boolean {
    if (line.length > LONGEST_ROW || !isBarLine(line.trimStart().charCodeAt(0))) return false;
    const cells = cellsOf(line, 'bar');
    const [name, value] = cells;
    if (!name || cells.length > 2 || wholeNumber(name.text) !== null || name.text === '') return false;
    if (!value || value.text === '') {
      if (!name.text.endsWith('/')) return false;
      this.section = name.text;
      return true;
    }
    const y = wholeNumber(value.text);
    if (y === null) return this.isOpen || this.section !== '';
    const nested = /^[\s|│┃]{2,}/.test(line) && this.section !== '';
    if (this.rows.length < MOST_ROWS)
      this.rows.push({ name: nested ? `${this.section}${name.text}` : name.text, text: line, y });
    return true;
  }

  /** What the box said, in the end. */
  close(): { reading: Reading; texts: string[] } {
    const reading = emptyReading();
    const texts: string[] = [];
    for (const { name, text, y } of this.rows) {
      const place = placeOf(name.slice(name.lastIndexOf('/') + 1));
      const judged = nameOf(name);
      if (place) reading[place] ??= { value: y, total: null, word: name, from: -1 };
      else if (judged.kind !== 'never' && judged.kind !== 'setting') {
        reading.values.push(foundIn(text, judged, y));
        texts.push(text);
      }
    }
    this.rows = [];
    this.section = '';
    return { reading, texts };
  }
}

function foundIn(text: string, { name, kind, best }: ReturnType<typeof nameOf>, y: number): Found {
  const cell = cellsOf(text, 'bar')[1];
  return { name, y, from: cell?.from ?? 0, to: cell?.to ?? 0, kind, weak: false, best };
}
