import { COLON, COMMA, CR, DOT, firstOf, HASH, isBarLine, isDigit, LF, MINUS, PLUS, SLASH } from './characters.js';
import type { Place, Reading } from './reading.js';
import { isPunct, JUNK, NUMBER, tokens, WORD } from './tokens.js';

/**
 * The form of a line that was read: its bytes, with holes where the numbers stand. The next line of the form says the
 * same with other numbers, so that it needs no reading: it is compared with the form byte by byte. A number may differ
 * only where nothing is decided by how it is written or how large it is; any other line has no form, or another one.
 */

/** Of a form, what is no byte: any digit, a number of digits alone, one that may have a sign, and one with its total. */
export const [PLAIN, SIGNED] = [257, 258] as const;
const [ANY_DIGIT, WITH_TOTAL] = [256, 259] as const;

/** Of a line that has a form. */
export const LONGEST = 1_000;
export const MOST_VALUES = 64;
/** What has a rule of its own, which looks at the digits: dictionaries, scores of COCO and of classes. */
const UNFIT = /[^\t -~]|[@{}]|^\s*(?:Test )?Accuracy (?:of|for class)/;
/** At the head of a message the number behind such a word is a rank; a long bracket is looked at in part. */
const UNFIT_MESSAGE = /^\W*(?:rank|default|gpu)|^\[[^\]]{60}/i;
/** Whether a value of such a name is taken depends on the number. */
export const COUNT = /errors?$/i;
const AMOUNT = /-?\d{1,15}(?:\.\d{1,25})?(?:[eE][+-]?\d{1,2})?(?:\/\d{1,15})?/y;
/** What of a token may follow the amount: a percent sign, a unit after a blank. */
const UNIT = /^(?:%?|[ \t][A-Za-z]+)$/;
/** Before these a number ends however it goes on behind them. */
const ENDS = /^(?:$|[)\]|"']|%(?!\|)|[,:;](?![\d.+TZ-])|[ \t]+(?![/ \t]))/;
const ENDS_TOTAL = /^(?:$|[)\]|"']|[,:;](?![\d.+TZ-])|[ \t]+(?![/ \t\d]))/;
const BEGINS = /^[ \t=:([|,"'#]?$/;
/** Up to here each whole number, and each power of ten, is exact, and so is their quotient when it is rounded. */
const EXACT_DIGITS = 15;
const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** Which number of a line a value or a place of the reading is. */
interface Hole {
  kind: number;
  /** Behind the number, as part of it. */
  unit: number;
  value: Reading['values'][number] | null;
  place: Place | null;
}

export class LineForm {
  private readonly numbers: Float64Array;
  private readonly totals: Float64Array;
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  /** Where the line ends that was taken last, and where the next one begins. */
  end = 0;
  next = 0;
  /** Where the number that was read last ends. */
  private numberEnd = 0;

  constructor(
    private readonly mask: Uint16Array,
    private readonly holes: readonly Hole[],
    /** What the line says that `take` found last. */
    readonly reading: Reading,
    /** What tables make of the line: it could be a row of one, is counted as none, or is not counted. */
    readonly table: 'row' | 'none' | 'apart',
  ) {
    this.numbers = new Float64Array(holes.length);
    this.totals = new Float64Array(holes.length);
    this.starts = new Int32Array(holes.length);
    this.ends = new Int32Array(holes.length);
  }

  /** Takes the numbers of the line that begins at `from`, where it is one of this form. */
  take(bytes: Uint8Array, from: number): boolean {
    const { mask } = this;
    let at = from;
    let hole = 0;
    for (let i = 0; ; i++, at++) {
      while (i < mask.length && mask[i] === bytes[at]) {
        i++;
        at++;
      }
      if (i === mask.length) break;
      const wanted = mask[i] as number;
      if (wanted < ANY_DIGIT || at >= bytes.length) return false;
      if (wanted === ANY_DIGIT) {
        if (!isDigit(bytes[at] as number)) return false;
      } else {
        if (!this.number(bytes, at, wanted, hole)) return false;
        this.starts[hole] = at - from;
        at = this.numberEnd - 1;
        this.ends[hole++] = this.numberEnd - from;
      }
    }
    const isReturn = at + 1 < bytes.length && bytes[at] === CR;
    const feed = isReturn ? at + 1 : at;
    if (feed >= bytes.length || bytes[feed] !== LF) return false;
    this.fill();
    this.end = at;
    this.next = feed + 1;
    return true;
  }

  private fill(): void {
    for (let i = 0; i < this.holes.length; i++) {
      const { value, place, unit, kind } = this.holes[i] as Hole;
      if (value) {
        value.y = this.numbers[i] as number;
        value.from = this.starts[i] as number;
        value.to = (this.ends[i] as number) + unit;
      }
      if (place) {
        place.value = this.numbers[i] as number;
        if (kind === WITH_TOTAL) place.total = this.totals[i] as number;
      }
    }
  }

  /** Reads the number that begins at `from` into a hole, as `scanNumber` does. */
  private number(bytes: Uint8Array, from: number, kind: number, hole: number): boolean {
    const negative = bytes[from] === MINUS;
    if (negative && kind !== SIGNED) return false;
    const start = negative ? from + 1 : from;
    let at = this.digits(bytes, start, 0);
    let digits = at - start;
    let amount = this.amount;
    if (digits === 0 || digits > EXACT_DIGITS) return false;
    let power = 0;
    if (bytes[at] === DOT) {
      const end = this.digits(bytes, at + 1, amount);
      if (end > at + 1) {
        power = at + 1 - end;
        digits -= power;
        amount = this.amount;
        at = end;
      }
    }
    if (((bytes[at] as number) | 32) === 101) {
      const sign = bytes[at + 1];
      const first = sign === MINUS || sign === PLUS ? at + 2 : at + 1;
      const end = this.digits(bytes, first, 0);
      if (end === first || end > first + 2) return false;
      power += sign === MINUS ? -this.amount : this.amount;
      at = end;
    }
    if (digits > 40) return false;
    if (digits <= EXACT_DIGITS && power >= -22 && power <= 22) {
      amount = power < 0 ? amount / (POWERS[-power] as number) : amount * (POWERS[power] as number);
      this.numbers[hole] = negative ? -amount : amount;
    } else
      this.numbers[hole] = Number(Buffer.from(bytes.buffer, bytes.byteOffset + from, at - from).toString('latin1'));
    if (kind === WITH_TOTAL) {
      if (bytes[at] !== SLASH) return false;
      const end = this.digits(bytes, at + 1, 0);
      if (end === at + 1 || end > at + 1 + EXACT_DIGITS) return false;
      this.totals[hole] = this.amount;
      at = end;
    }
    this.numberEnd = at;
    return true;
  }

  /** Of the digits that `digits` read last. */
  private amount = 0;

  private digits(bytes: Uint8Array, at: number, amount: number): number {
    for (; at < bytes.length; at++) {
      const digit = (bytes[at] as number) - 48;
      if (digit < 0 || digit > 9) break;
      amount = amount * 10 + digit;
    }
    this.amount = amount;
    return at;
  }
}

/** The form of the line whose tokens were made last, or null. `message`: where it begins after what a logger wrote. */
export function formOf(
  text: string,
  { message, reading, table }: { message: number; reading: Reading; table: LineForm['table'] },
): LineForm | null {
  const first = firstOf(text);
  if (text.length > LONGEST || UNFIT.test(text) || UNFIT_MESSAGE.test(text.slice(message, message + 80))) return null;
  const { values, bar, epoch, step, batch, outer } = reading;
  if (values.length === 0 || values.length > MOST_VALUES || bar || first === HASH || isBarLine(first)) return null;
  if (values.some(({ name }) => COUNT.test(name))) return null;
  const places = [epoch, step, batch, outer].filter((place) => place !== null && place.from >= 0) as Place[];
  const mask: number[] = [];
  const holes: Hole[] = [];
  let at = 0;
  const copy = (to: number, digits: boolean): void => {
    for (; at < to; at++) {
      const code = text.charCodeAt(at);
      mask.push(digits && isDigit(code) ? ANY_DIGIT : code);
    }
  };
  copy(message, reading.rank === null);
  for (let i = 0; i < tokens.count; i++) {
    const [start, end] = [tokens.start[i] ?? 0, tokens.end[i] ?? 0];
    copy(start, false);
    if (tokens.kind[i] === NUMBER) {
      const value = values.find(({ from }) => from === start) ?? null;
      const place = places.find(({ from }) => from === start) ?? null;
      const hole = holeAt(text, i, message, value !== null && place === null && i !== 1);
      if (hole) {
        mask.push(hole.kind);
        holes.push({ ...hole, value, place });
        at = end - hole.unit;
      }
    }
    copy(end, tokens.kind[i] === JUNK && isMeasure(text.slice(start, end)));
  }
  copy(text.length, false);
  const filled = holes.reduce((sum, { value, place }) => sum + (value ? 1 : 0) + (place ? 1 : 0), 0);
  return filled === values.length + places.length ? new LineForm(Uint16Array.from(mask), holes, reading, table) : null;
}

/** A clock, a duration, a date: it says nothing, whatever its digits are. */
const isMeasure = (text: string): boolean => isDigit(text.charCodeAt(0)) && !/,|\de|[\s/]$/i.test(text);

function holeAt(text: string, token: number, message: number, signed: boolean): Pick<Hole, 'kind' | 'unit'> | null {
  const [start, end] = [tokens.start[token] ?? 0, tokens.end[token] ?? 0];
  AMOUNT.lastIndex = start;
  const amount = AMOUNT.exec(text)?.[0];
  if (amount === undefined || (!signed && amount.startsWith('-'))) return null;
  const [number = '', total] = amount.split('/');
  const hasTotal = total !== undefined;
  if (!Object.is(+number, tokens.value[token]) || !Object.is(hasTotal ? +total : Number.NaN, tokens.total[token]))
    return null;
  const behind = text.slice(start + amount.length);
  const unit = end - start - amount.length;
  if (!(hasTotal ? ENDS_TOTAL : ENDS).test(behind) || !UNIT.test(behind.slice(0, unit))) return null;
  if (start > message && !begins(text, token, start)) return null;
  return { kind: hasTotal ? WITH_TOTAL : signed ? SIGNED : PLAIN, unit };
}

/** Whether nothing before the number could take it in: `12,5` is one, and so are `12s,5` and `12 / 5`. */
function begins(text: string, token: number, start: number): boolean {
  if (!BEGINS.test(text.charAt(start - 1)) || isPunct(token - 1, SLASH)) return false;
  const joins = (isPunct(token - 1, COMMA) || isPunct(token - 1, COLON)) && tokens.gap[token] === 0;
  return !joins || tokens.kind[token - 2] === WORD;
}
