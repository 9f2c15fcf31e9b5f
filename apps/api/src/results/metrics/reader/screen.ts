import { BACKSPACE, CR, ESCAPE, LF } from './characters.js';
import { drawingsOf } from './controls.js';
import { IS_WORD, LETTER_OF, LINE_END, LINE_START, STEP, STEP_SHIFT } from './interest.js';

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
const [CONTROL, HIGH] = [4, 8] as const;

/** Where lines go. */
export interface LineSink {
  /**
   * Whether the text of such a line is needed. `first`: its first byte that is no blank; `counted`: it begins as `10:`,
   * `[10]` or `5/10`.
   */
  wants(found: number, first: number, counted: boolean): boolean;
  line(text: string, fate: LineFate, end: number): void;
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
      this.finish(bytes, 0, 0, ended ? 'whole' : 'overwritten', offset);
      start = ended ? 1 : 0;
    }
    let cr = bytes.indexOf(CR, start);
    for (let lf = bytes.indexOf(LF, start); ; lf = bytes.indexOf(LF, start)) {
      while (cr >= 0 && (lf < 0 || cr < lf - 1)) {
        if (cr === bytes.length - 1) {
          this.keep(bytes, start, cr);
          this.returned = true;
          return;
        }
        this.finish(bytes, start, cr, 'overwritten', offset + cr);
        start = cr + 1;
        cr = bytes.indexOf(CR, start);
      }
      if (lf < 0) break;
      const ended = cr >= 0 && cr === lf - 1;
      this.finish(bytes, start, ended ? cr : lf, 'whole', offset + lf);
      start = lf + 1;
      if (ended) cr = bytes.indexOf(CR, start);
    }
    this.keep(bytes, start, bytes.length);
  }

  /** Passes over bytes: the line that they begin or end in is not read. */
  skip(): void {
    this.carried = 0;
    this.returned = false;
    this.skipping = true;
  }

  /** What the program left without a line end is a line too. */
  end(offset: number): void {
    if (this.carried > 0) this.finish(this.carry, 0, 0, 'whole', offset);
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
  private finish(bytes: Buffer, from: number, to: number, fate: LineFate, end: number): void {
    if (this.skipping) {
      this.skipping = false;
      return;
    }
    if (this.carried === 0) this.classify(bytes, from, to, fate, end);
    else {
      this.keep(bytes, from, to);
      const size = this.carried;
      this.carried = 0;
      this.classify(this.carry, 0, size, fate, end);
    }
  }

  private classify(bytes: Buffer, from: number, to: number, fate: LineFate, end: number): void {
    if (to === from && fate === 'overwritten') return;
    if (to - from > LONGEST_LINE) {
      to = from + LONGEST_LINE;
      this.cut++;
    }
    const found = classesOf(bytes, from, to);
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
    else this.sink.line(text, this.fateOf(fate), end);
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
        if (drawing.text !== '') this.sink.line(drawing.text, 'overwritten', end);
      } else if (drawing.text !== '' || fate !== 'overwritten') this.sink.line(drawing.text, this.fateOf(fate), end);
    });
  }
}

/** What the bytes are, all together, and whether they hold a word of interest. */
function classesOf(bytes: Buffer, from: number, to: number): number {
  let found = 0;
  let words = 0;
  let state = LINE_START;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    found |= CLASSES[byte] as number;
    state = STEP[(state << STEP_SHIFT) | (LETTER_OF[byte] as number)] as number;
    words |= IS_WORD[state] as number;
  }
  words |= IS_WORD[STEP[(state << STEP_SHIFT) | LINE_END] as number] as number;
  return words ? found | INTEREST : found;
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
