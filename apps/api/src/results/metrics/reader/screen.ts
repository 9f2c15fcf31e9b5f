import { BACKSPACE, CR, ESCAPE, LF } from './characters.js';
import { drawingsOf } from './controls.js';
import { HOLDS_WORD, LETTER_BITS, LETTER_OF, LINE_END, LINE_START, STEP } from './interest.js';

/**
 * How a line was left: `whole` stays on the screen, `overwritten` was drawn over, `redrawn` was drawn where another
 * line had been.
 */
export type LineFate = 'whole' | 'overwritten' | 'redrawn';

export interface ScreenState {
  /** The bytes of the line that has not ended yet, in Base64. */
  carry: string;
  /** A carriage return came last: the byte after it tells what it means. */
  returned: boolean;
  /** The beginning of the line was passed over. */
  skipping: boolean;
  /** Lines to come that are drawn where others were. */
  redraws: number;
  /** Lines that were longer than is read of one. */
  cut: number;
}

/** What the bytes of a line are. */
export const [DIGIT, SEPARATOR, BRACE, BAR, INTEREST] = [1, 2, 16, 32, 64] as const;
const [CONTROL, HIGH, END] = [4, 8, 128] as const;

/** Where lines go. */
export interface LineSink {
  /**
   * Whether the text of such a line is needed. `first`: its first byte that is no blank; `counted`: it begins as `10:`,
   * `[10]` or `5/10`.
   */
  wants(found: number, first: number, counted: boolean): boolean;
  /** `plain`: it is as its bytes are, without any control code, and would be wanted after whatever lines. */
  line(text: string, fate: LineFate, end: number, plain: boolean): void;
  /**
   * Takes a line that begins at `from`, and answers where the next one begins; or -1 where it has to be looked at more
   * closely. Nothing of the line came before.
   */
  known(bytes: Uint8Array, from: number, offset: number): number;
  /** A line that is not needed. */
  pass(): void;
}

const CLASSES = new Uint8Array(256);
CLASSES.fill(DIGIT, 48, 58);
CLASSES.fill(HIGH, 128);
CLASSES[58] = CLASSES[61] = SEPARATOR;
CLASSES[BACKSPACE] = CLASSES[ESCAPE] = CONTROL;
CLASSES[123] = CLASSES[125] = BRACE;
CLASSES[124] = BAR;
CLASSES[LF] = CLASSES[CR] = END;
/** For each byte its class, and below it the letter that it is: one look for both. */
const MARKS = Uint16Array.from(CLASSES, (kind, byte) => (kind << LETTER_BITS) | (LETTER_OF[byte] as number));
const LETTER_MASK = (1 << LETTER_BITS) - 1;
const END_MARK = END << LETTER_BITS;

export const LONGEST_LINE = 64 * 1024;
const MOST_REDRAWS = 200;
const FIRST_ROOM = 512;

/** Cuts the bytes of one stream into lines as a terminal would show them, wherever the pieces begin and end. */
export class Screen {
  private carry: Buffer;
  private carried: number;
  private returned: boolean;
  private skipping: boolean;
  private redraws: number;
  private cut: number;

  constructor(
    private readonly sink: LineSink,
    state?: ScreenState,
  ) {
    this.carry = Buffer.from(state?.carry ?? '', 'base64');
    this.carried = this.carry.length;
    this.returned = state?.returned ?? false;
    this.skipping = state?.skipping ?? false;
    this.redraws = state?.redraws ?? 0;
    this.cut = state?.cut ?? 0;
  }

  get state(): ScreenState {
    const { returned, skipping, redraws, cut } = this;
    return { carry: this.carry.toString('base64', 0, this.carried), returned, skipping, redraws, cut };
  }

  /** `offset`: where the piece begins in the output of the attempt. */
  push(piece: Uint8Array, offset: number): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    if (bytes.length === 0) return;
    let start = 0;
    if (this.returned) {
      this.returned = false;
      const ended = bytes[0] === LF;
      this.finish(bytes, 0, 0, 0, ended ? 'whole' : 'overwritten', offset);
      start = ended ? 1 : 0;
    }
    while (start < bytes.length) {
      const next = this.isPlain ? this.sink.known(bytes, start, offset) : -1;
      if (next > start) {
        start = next;
        continue;
      }
      const end = lineEnd(bytes, start, bytes.length);
      const holds = lineHolds;
      if (end === bytes.length) break;
      const isReturn = bytes[end] === CR;
      if (isReturn && end === bytes.length - 1) {
        this.keep(bytes, start, end);
        this.returned = true;
        return;
      }
      const ended = isReturn && bytes[end + 1] === LF;
      this.finish(
        bytes,
        start,
        end,
        holds,
        isReturn && !ended ? 'overwritten' : 'whole',
        offset + (ended ? end + 1 : end),
      );
      start = ended ? end + 2 : end + 1;
    }
    this.keep(bytes, start, bytes.length);
  }

  /** A line that begins now is a line of its own. */
  private get isPlain(): boolean {
    return this.carried === 0 && !this.skipping && this.redraws === 0;
  }

  /** Passes over bytes: the line that they begin or end in is not read. */
  skip(): void {
    this.carried = 0;
    this.returned = false;
    this.skipping = true;
  }

  /** What the program left without a line end is a line too. */
  end(offset: number): void {
    if (this.carried > 0) this.finish(this.carry, 0, 0, 0, 'whole', offset);
    this.returned = false;
  }

  /** At most one byte more than is read: that tells a line that is too long. */
  private keep(bytes: Buffer, from: number, to: number): void {
    if (this.skipping) return;
    const end = Math.min(to, from + LONGEST_LINE + 1 - this.carried);
    if (end <= from) return;
    const size = this.carried + end - from;
    if (size > this.carry.length) {
      const larger = Buffer.alloc(Math.max(FIRST_ROOM, size * 2));
      this.carry.copy(larger, 0, 0, this.carried);
      this.carry = larger;
    }
    bytes.copy(this.carry, this.carried, from, end);
    this.carried = size;
  }

  /** A line of what was kept and of `[from, to)`. */
  private finish(bytes: Buffer, from: number, to: number, holds: number, fate: LineFate, end: number): void {
    if (this.skipping) {
      this.skipping = false;
      return;
    }
    if (this.carried === 0) this.judge(bytes, from, to, holds, fate, end);
    else {
      this.keep(bytes, from, to);
      const size = this.carried;
      this.carried = 0;
      lineEnd(this.carry, 0, size);
      this.judge(this.carry, 0, size, lineHolds, fate, end);
    }
  }

  private judge(bytes: Buffer, from: number, to: number, found: number, fate: LineFate, end: number): void {
    if (to === from && fate === 'overwritten') return;
    if (to - from > LONGEST_LINE) {
      to = from + LONGEST_LINE;
      this.cut++;
    }
    let first = from;
    while (first < to && (bytes[first] === 32 || bytes[first] === 9)) first++;
    if (
      (found & CONTROL) === 0 &&
      !this.sink.wants(found, first < to ? (bytes[first] as number) : 0, isCounted(bytes, first, to))
    ) {
      if (this.fateOf(fate) !== 'overwritten') this.sink.pass();
      return;
    }
    const text = bytes.toString(found & HIGH ? 'utf8' : 'latin1', from, to);
    if (found & CONTROL) this.drawings(text, fate, end);
    else this.sink.line(text, this.fateOf(fate), end, (found & (INTEREST | HIGH)) === INTEREST);
  }

  /** A line that ends moves the cursor down again. */
  private fateOf(fate: LineFate): LineFate {
    if (fate !== 'whole' || this.redraws === 0) return fate;
    this.redraws--;
    return 'redrawn';
  }

  private drawings(text: string, fate: LineFate, end: number): void {
    const drawings = drawingsOf(text);
    drawings.forEach((drawing, i) => {
      this.redraws = Math.min(MOST_REDRAWS, this.redraws + drawing.up);
      if (i < drawings.length - 1) {
        if (drawing.text !== '') this.sink.line(drawing.text, 'overwritten', end, false);
      } else if (drawing.text !== '' || fate !== 'overwritten')
        this.sink.line(drawing.text, this.fateOf(fate), end, false);
    });
  }
}

/** What the bytes of the line are that `lineEnd` looked at last, all together, and whether they hold a word of interest. */
let lineHolds = 0;

/** Where the line that begins at `from` ends: before a line feed or a carriage return, or at `limit`. */
function lineEnd(bytes: Buffer, from: number, limit: number): number {
  const to = Math.min(limit, from + LONGEST_LINE);
  let found = 0;
  let state = LINE_START;
  let at = from;
  for (; at < to; at++) {
    const mark = MARKS[bytes[at] as number] as number;
    if (mark >= END_MARK) break;
    found |= mark;
    state = STEP[state | (mark & LETTER_MASK)] as number;
  }
  found >>= LETTER_BITS;
  lineHolds = STEP[state | LINE_END] === HOLDS_WORD ? found | INTEREST : found;
  // What is longer than is read of a line is looked at for its end alone.
  while (at < limit && CLASSES[bytes[at] as number] !== END) at++;
  return at;
}

/** `10: `, `[10]`, `[1, 200]`, `5/10`: a number that counts, not a time or a date. */
function isCounted(bytes: Buffer, from: number, to: number): boolean {
  const start = bytes[from] === 91 ? from + 1 : from;
  let at = start;
  while (at < to && CLASSES[bytes[at] as number] === DIGIT) at++;
  if (at === start || at >= to) return false;
  const after = bytes[at] as number;
  const blank = bytes[at + 1] === 32 || bytes[at + 1] === 9;
  return start > from ? after === 93 || after === 44 : (after === 58 && blank) || after === 47;
}
