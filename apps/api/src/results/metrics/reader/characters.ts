/** Codes of the characters that the reader looks at; a source shows them better by name. */
export const LF = 10;
export const CR = 13;
export const BACKSPACE = 8;
export const ESCAPE = 27;
export const TAB = 9;
export const SPACE = 32;
export const HASH = 35;
export const PERCENT = 37;
export const APOSTROPHE = 39;
export const OPEN_PAREN = 40;
export const CLOSE_PAREN = 41;
export const ASTERISK = 42;
export const PLUS = 43;
export const COMMA = 44;
export const MINUS = 45;
export const DOT = 46;
export const SLASH = 47;
export const COLON = 58;
export const LESS = 60;
export const EQUALS = 61;
export const GREATER = 62;
export const AT = 64;
export const OPEN_BRACKET = 91;
export const CLOSE_BRACKET = 93;
export const CARET = 94;
export const UNDERSCORE = 95;
export const OPEN_BRACE = 123;
export const PIPE = 124;
export const CLOSE_BRACE = 125;
export const TILDE = 126;
export const QUOTE = 34;
export const ARROW = 0x2192;
export const ALMOST = 0x2248;

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** White space on a line, the no-break space too. */
export const isBlank = (code: number): boolean => code === SPACE || code === TAB || code === 0xa0;

/** A letter of any script, and the underscore. Punctuation, arrows, boxes, blocks and pictures are none. */
export function isLetter(code: number): boolean {
  if (code < 128) return ((code | 32) >= 97 && (code | 32) <= 122) || code === UNDERSCORE;
  if (code < 0xc0) return code === 0xb2 || code === 0xb3 || code === 0xb5;
  if (code === 0xd7 || code === 0xf7) return false;
  return code < 0x2000 || (code > 0x3003 && code < 0xd800) || (code > 0xdfff && code < 0xff00);
}

export const isWordCode = (code: number): boolean => isDigit(code) || isLetter(code);

/** Lines, corners and blocks, of which bars and tables are drawn. */
export const isDrawing = (code: number): boolean => code >= 0x2500 && code <= 0x259f;

/** An upright line between two cells. */
export const isBarLine = (code: number): boolean =>
  code === PIPE || code === 0x2502 || code === 0x2503 || code === 0x2551;

const NUMBER_ENDS = new Set(Array.from(',;:.|()[]{}\'"+=!±*↑↓✓', (mark) => mark.charCodeAt(0)));

/** Whether a number may end before this character; NaN is the end of the line. */
export function endsNumber(code: number): boolean {
  return code !== code || isBlank(code) || NUMBER_ENDS.has(code) || isDrawing(code);
}

/** The first character that is no blank; NaN where there is none. */
export function firstOf(text: string): number {
  let at = 0;
  while (isBlank(text.charCodeAt(at))) at++;
  return text.charCodeAt(at);
}
