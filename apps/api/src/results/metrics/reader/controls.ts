import { BACKSPACE, ESCAPE, OPEN_BRACKET } from './characters.js';

/** What a line looked like at one moment, and how far the cursor went up after it. */
interface Drawing {
  text: string;
  up: number;
}

const BELL = 7;
const CLOSE_BRACKET = 93;
const [UP, LINE_UP, ERASE_LINE, ERASE_SCREEN, COLUMN, HOME, LEFT] = [65, 70, 75, 74, 71, 72, 68] as const;
/** So many backspaces in a row take back a drawing rather than a slip. */
const REDRAWING = 4;
const LARGEST = 9_999;

/**
 * Takes the control codes out of a line. Colours vanish; what is erased, or drawn over with backspaces, was a drawing
 * of its own. The last drawing is what the line is in the end.
 */
export function drawingsOf(text: string): Drawing[] {
  return new Pen(text).draw();
}

class Pen {
  private readonly drawings: Drawing[] = [];
  private readonly codes: Uint16Array;
  private length = 0;

  constructor(private readonly text: string) {
    this.codes = new Uint16Array(text.length);
  }

  draw(): Drawing[] {
    const { text } = this;
    for (let at = 0; at < text.length;) {
      const code = text.charCodeAt(at);
      if (code === ESCAPE) at = this.escape(at + 1);
      else if (code === BACKSPACE) at = this.backspaces(at);
      else {
        this.codes[this.length++] = code;
        at++;
      }
    }
    this.drawings.push({ text: this.drawn(), up: 0 });
    return this.drawings;
  }

  private drawn(): string {
    return Buffer.from(this.codes.buffer, 0, this.length * 2).toString('utf16le');
  }

  private leave(up: number): void {
    if (this.length > 0 || up > 0) this.drawings.push({ text: this.drawn(), up });
    this.length = 0;
  }

  private backspaces(at: number): number {
    const start = at;
    while (this.text.charCodeAt(at) === BACKSPACE) at++;
    this.takeBack(at - start);
    return at;
  }

  /**
   * Only what loses half of itself is copied, so that the copies of a line together are not much longer than the line.
   */
  private takeBack(count: number): void {
    if (count >= REDRAWING && count * 2 >= this.length && this.length > 0)
      this.drawings.push({ text: this.drawn(), up: 0 });
    this.length = Math.max(0, this.length - count);
  }

  /** The end of the sequence that follows the escape. */
  private escape(at: number): number {
    const kind = this.text.charCodeAt(at);
    if (kind === CLOSE_BRACKET) return this.title(at + 1);
    if (kind !== OPEN_BRACKET) return at + 1;
    let [value, digits] = [0, 0];
    let end = at + 1;
    for (let code = this.text.charCodeAt(end); code >= 32 && code < 64; code = this.text.charCodeAt(++end)) {
      if (code < 48 || code > 57) continue;
      digits++;
      value = Math.min(LARGEST, value * 10 + code - 48);
    }
    this.move(this.text.charCodeAt(end), digits === 0 ? null : value);
    return end + 1;
  }

  private move(code: number, value: number | null): void {
    switch (code) {
      case UP:
      case LINE_UP:
        return this.leave(value ?? 1);
      case ERASE_LINE:
        return value === null || value === 0 ? undefined : this.leave(0);
      case ERASE_SCREEN:
      case HOME:
        return this.leave(0);
      case COLUMN:
        return value === null || value <= 1 ? this.leave(0) : undefined;
      case LEFT:
        return this.takeBack(value ?? 1);
    }
  }

  /** The title of a window, or a link, ends with a bell or a string terminator. */
  private title(at: number): number {
    for (; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at);
      if (code === BELL) return at + 1;
      if (code === ESCAPE) return at + 2;
    }
    return at;
  }
}
