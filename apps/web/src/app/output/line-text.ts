import { type AnsiStyle, applySgr, PLAIN } from './ansi-style';

/** A piece of a line that looks the same throughout. */
export interface TextRun {
  text: string;
  style: AnsiStyle;
}

/** What is drawn of a longer line; the download has all of it. */
export const MAX_COLUMNS = 20_000;
/** Cells that the controls of one line may fill or blank: more than any bar does. */
const MOST_FILLED = 100 * MAX_COLUMNS;
/** Of a line that redraws itself (a progress bar) only the end can matter; much more than one bar is kept. */
const REDRAW_TAIL = 64 * 1024;

const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;
// CSI (parameters, intermediates, final: no sign is of two of these), OSC with its end, or another two-character escape; an unfinished sequence at the end of the text is dropped too.
const ESCAPE =
  /\u001b(?:\[([0-9:;<=>?]*)([ -/]*)([@-~])|\](?:[^\u0007\u001b]|\u001b(?!\\))*(?:\u0007|\u001b\\)|[()][0-9A-Za-z]|[ -Z\\^_`a-z{|}~]|\[[0-9:;<=>?]*[ -/]*$|\][^\u0007]*$|$)/y;

/** Of a sequence that means what its terminal likes. */
const PRIVATE = /[<=>?]/;

/** Whether a line is drawn as it is, whatever its length. */
export const isPlain = (text: string): boolean => !CONTROL.test(text);

/**
 * The visible form of one line: colours become styles, a carriage return starts over at the first column
 * as on a terminal (so a progress bar is its last state), other control characters vanish.
 */
export function renderLine(text: string, start: AnsiStyle): TextRun[] {
  if (isPlain(text)) return text === '' ? [] : [{ text: clip(text), style: start }];
  const line = new Cells(start);
  // Styles before the tail still count: the part that is skipped is read for them alone.
  const skip = text.length > REDRAW_TAIL ? Math.max(0, text.lastIndexOf('\r', text.length - REDRAW_TAIL)) : 0;
  if (skip > 0) line.style = styleAfter(text.slice(0, skip), start);
  let at = skip;
  while (at < text.length) {
    const char = text[at] as string;
    if (char === '\u001b') {
      ESCAPE.lastIndex = at;
      const match = ESCAPE.exec(text);
      if (match?.[3] && match[2] === '') line.control(match[1] ?? '', match[3]);
      at += match && match[0].length > 0 ? match[0].length : 1;
    } else if (CONTROL.test(char)) {
      line.move(char);
      at++;
    } else {
      const code = text.codePointAt(at) ?? 0;
      const symbol = code > 0xffff ? String.fromCodePoint(code) : char;
      line.put(symbol);
      at += symbol.length;
    }
  }
  return line.runs();
}

/** The style that holds after `text`, for the line that follows it in the same stream. */
export function styleAfter(text: string, start: AnsiStyle): AnsiStyle {
  let style = start;
  let next = 0;
  for (let at = text.indexOf('\u001b'); at !== -1; at = text.indexOf('\u001b', next)) {
    ESCAPE.lastIndex = at;
    const match = ESCAPE.exec(text);
    // What a sequence holds is not looked at again: a title without an end reaches to the end.
    next = at + Math.max(1, match?.[0].length ?? 0);
    if (match?.[3] === 'm' && match[2] === '' && !PRIVATE.test(match[1] ?? '')) style = applySgr(style, match[1] ?? '');
  }
  return style;
}

const clip = (text: string): string => (text.length > MAX_COLUMNS ? `${text.slice(0, MAX_COLUMNS)} …` : text);

/** One terminal row. */
class Cells {
  private readonly symbols: string[] = [];
  private readonly styles: AnsiStyle[] = [];
  private column = 0;
  private cut = false;
  /** Cells that controls may still fill or blank. */
  private left = MOST_FILLED;

  constructor(public style: AnsiStyle) {}

  put(symbol: string): void {
    if (this.column >= MAX_COLUMNS) {
      this.cut = true;
      return;
    }
    this.fillTo(this.column);
    this.symbols[this.column] = symbol;
    this.styles[this.column] = this.style;
    this.column++;
  }

  move(char: string): void {
    if (char === '\r') this.column = 0;
    else if (char === '\b') this.column = Math.max(0, this.column - 1);
  }

  control(parameters: string, final: string): void {
    if (PRIVATE.test(parameters)) return;
    const count = Math.min(Number(parameters.split(';')[0]) || 0, MAX_COLUMNS);
    if (final === 'm') this.style = applySgr(this.style, parameters);
    else if (final === 'K') this.erase(count);
    else if (final === 'C') this.column = Math.min(MAX_COLUMNS, this.column + Math.max(1, count));
    else if (final === 'D') this.column = Math.max(0, this.column - Math.max(1, count));
    else if (final === 'G') this.column = Math.max(0, count - 1);
  }

  runs(): TextRun[] {
    const runs: TextRun[] = [];
    this.symbols.forEach((symbol, i) => {
      const style = this.styles[i] ?? PLAIN;
      const last = runs.at(-1);
      if (last?.style === style) last.text += symbol;
      else runs.push({ text: symbol, style });
    });
    if (this.cut) runs.push({ text: ' …', style: PLAIN });
    return runs;
  }

  /** 0: to the end of the row, 1: to its start, 2: all of it. */
  private erase(mode: number): void {
    if (mode === 1) {
      const end = Math.min(this.column + 1, this.symbols.length);
      if (!this.spend(end)) return;
      this.symbols.fill(' ', 0, end);
      this.styles.fill(PLAIN, 0, end);
      return;
    }
    const keep = mode === 2 ? 0 : this.column;
    this.symbols.length = Math.min(this.symbols.length, keep);
    this.styles.length = this.symbols.length;
  }

  /** A line that has columns filled and blanked again and again is no row of a terminal: the rest of that is left out. */
  private spend(cells: number): boolean {
    this.left -= cells;
    this.cut ||= this.left < 0;
    return this.left >= 0;
  }

  private fillTo(column: number): void {
    const missing = column - this.symbols.length;
    if (missing > 0 && !this.spend(missing)) {
      this.column = this.symbols.length;
      return;
    }
    while (this.symbols.length < column) {
      this.symbols.push(' ');
      this.styles.push(PLAIN);
    }
  }
}
