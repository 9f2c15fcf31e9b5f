import {
  APOSTROPHE,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  isDigit,
  isLetter,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './characters.js';

export type LongDictState = { lines: string[]; depth: number };

const MOST_LINES = 400;
const MOST_LENGTH = 32 * 1024;

/** A dictionary that is printed over several lines, as pprint and indented JSON do it. */
export class LongDict {
  private lines: string[];
  private depth: number;
  private length = 0;

  constructor(state?: LongDictState) {
    this.lines = state?.lines ?? [];
    this.depth = state?.depth ?? 0;
    this.length = this.lines.reduce((sum, line) => sum + line.length, 0);
  }

  get state(): LongDictState {
    return { lines: [...this.lines], depth: this.depth };
  }

  get isOpen(): boolean {
    return this.lines.length > 0;
  }

  begin(line: string): void {
    this.lines = [line];
    this.length = line.length;
    this.depth = depthOf(line);
  }

  /** Takes the next line: `more` is to come, `whole` is there, or it does not go on as a dictionary does. */
  add(line: string): 'more' | 'whole' | 'broken' {
    if (!goesOn(line) || this.lines.length >= MOST_LINES || this.length + line.length > MOST_LENGTH) return 'broken';
    this.lines.push(line);
    this.length += line.length;
    this.depth += depthOf(line);
    return this.depth > 0 ? 'more' : 'whole';
  }

  /** Gives away what was taken. */
  take(): string[] {
    const { lines } = this;
    this.lines = [];
    this.depth = 0;
    this.length = 0;
    return lines;
  }
}

/** How many brackets stay open, those in quotes left out. */
function depthOf(line: string): number {
  let depth = 0;
  let quote = 0;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (quote !== 0) {
      if (code === 92) at++;
      else if (code === quote) quote = 0;
    } else if (code === QUOTE || code === APOSTROPHE) quote = code;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return depth;
}

/** A key, a value or a bracket begins the line. */
function goesOn(line: string): boolean {
  const text = line.trimStart();
  const code = text.charCodeAt(0);
  if (
    code === QUOTE ||
    code === APOSTROPHE ||
    code === OPEN_BRACE ||
    code === CLOSE_BRACE ||
    code === OPEN_BRACKET ||
    code === CLOSE_BRACKET ||
    code === 45 ||
    isDigit(code)
  )
    return true;
  return isLetter(code) && (text.endsWith(',') || text.includes(':'));
}
