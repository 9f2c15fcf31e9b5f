import { type AnsiStyle, applySgr, PLAIN } from './ansi-style';

/** A piece of a line that looks the same throughout. */
export interface TextRun {
  text: string;
  style: AnsiStyle;
}

/** What is drawn of a longer line; the download has all of it. */
export const MAX_COLUMNS = 20_000;
/** Of a line that redraws itself (a progress bar) only the end can matter; much more than one bar is kept. */
const REDRAW_TAIL = 64 * 1024;

const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;
// CSI, OSC with its end, or another two-character escape; an unfinished sequence at the end of the text is dropped too.
const ESCAPE =
  /\u001b(?:\[([0-9;:?<=>!]*)[ -/]*([@-~])|\](?:[^\u0007\u001b]|\u001b(?!\\))*(?:\u0007|\u001b\\)|[()][0-9A-Za-z]|[ -Z\\^_`a-z{|}~]|\[[0-9;:?<=>!]*$|\][^\u0007]*$|$)/y;

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
      if (match?.[2]) line.control(match[1] ?? '', match[2]);
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
  for (let at = text.indexOf('\u001b'); at !== -1; at = text.indexOf('\u001b', at + 1)) {
    ESCAPE.lastIndex = at;
    const match = ESCAPE.exec(text);
    if (match?.[2] === 'm' && !/[?<=>!]/.test(match[1] ?? '')) style = applySgr(style, match[1] ?? '');
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
    if (/[?<=>!]/.test(parameters)) return;
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
      for (let i = 0; i <= this.column && i < this.symbols.length; i++)
        [this.symbols[i], this.styles[i]] = [' ', PLAIN];
      return;
    }
    const keep = mode === 2 ? 0 : this.column;
    this.symbols.length = Math.min(this.symbols.length, keep);
    this.styles.length = this.symbols.length;
  }

  private fillTo(column: number): void {
    while (this.symbols.length < column) {
      this.symbols.push(' ');
      this.styles.push(PLAIN);
    }
  }
}
