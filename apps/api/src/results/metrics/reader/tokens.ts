import {
  APOSTROPHE,
  ASTERISK,
  AT,
  CARET,
  CLOSE_PAREN,
  COLON,
  DOT,
  EQUALS,
  GREATER,
  HASH,
  isBlank,
  isDigit,
  isDrawing,
  isLetter,
  isWordCode,
  MINUS,
  OPEN_PAREN,
  PERCENT,
  PIPE,
  PLUS,
  SLASH,
  SPACE,
  TILDE,
} from './characters.js';
import { placeOf } from './names.js';
import { type CommaRule, scanned, scanNumber, specialNumber } from './numbers.js';

/**
 * What a token is. `JUNK` is a word or a number that tells nothing: an address, a path, a date, a duration. `RULE` is
 * drawn.
 */
export const [WORD, NUMBER, JUNK, PUNCT, RULE] = [1, 2, 3, 4, 5] as const;

const MOST = 65_537;
/** What a file's name ends with. */
const EXTENSIONS = new Set(
  'py pt pth ckpt h5 hdf5 json jsonl yaml yml toml txt csv tsv png jpg jpeg svg pkl pickle npy npz safetensors onnx bin log sh ipynb so js mjs ts gz zip tar pb tfrecord tfevents keras parquet pdf html md cu cc cpp'.split(
    ' ',
  ),
);
/** Words that are shortened with a dot stay one name with what follows: `Val. Loss`. */
const SHORTENED = new Set('val avg adj ep no nr acc err std max min tr ts prec rec cls reg aux'.split(' '));

/**
 * The words and numbers of one line, in columns. There is one object for all lines: making one for each would cost more
 * than reading it.
 */
export const tokens = {
  count: 0,
  kind: new Uint8Array(MOST),
  start: new Int32Array(MOST),
  end: new Int32Array(MOST),
  /** Blanks before the token, at most 255. A tab counts as two. */
  gap: new Uint8Array(MOST),
  /** Of a number its value, of punctuation its code. */
  value: new Float64Array(MOST),
  /** Of a number such as `3/10` the 10, else NaN. */
  total: new Float64Array(MOST),
  percent: new Uint8Array(MOST),
  /** A number was written with a decimal comma. */
  decimalComma: false,
  /** What the line says was decided by how large a number is. */
  weighed: false,
};

const rule: CommaRule = { afterSeparator: false, decimalCommas: false };

/** Cuts a line into tokens. Each character is looked at a few times at most, whatever it is. */
export function tokenize(text: string, from: number, decimalCommas: boolean): typeof tokens {
  tokens.count = 0;
  tokens.decimalComma = false;
  tokens.weighed = false;
  rule.decimalCommas = decimalCommas;
  const length = text.length;
  let gap = 0;
  for (let at = from; at < length && tokens.count < MOST - 1;) {
    const code = text.charCodeAt(at);
    if (code === SPACE) {
      gap++;
      at++;
    } else if (isBlank(code)) {
      gap += 2;
      at++;
    } else {
      at = token(text, at, code, gap);
      gap = 0;
    }
  }
  return tokens;
}

function token(text: string, at: number, code: number, gap: number): number {
  if (isLetter(code)) return word(text, at, gap);
  if (isDigit(code)) return number(text, at, gap);
  if (isDrawing(code)) return drawing(text, at, gap);
  const next = text.charCodeAt(at + 1);
  if (code === MINUS && follows(at) && isDigit(next)) return push(PUNCT, at, at + 1, gap, code);
  if (code === MINUS || code === PLUS || code === DOT) {
    if (isDigit(next) || (code !== DOT && next === DOT && isDigit(text.charCodeAt(at + 2))))
      return number(text, at, gap);
    if (code === MINUS && (next | 32) === 105) return signedInfinity(text, at, gap);
  }
  const third = text.charCodeAt(at + 2);
  if ((code === SLASH || code === TILDE || code === DOT) && pathBegins(code, next, third))
    return blob(text, at, at, gap);
  if (code === next && code === third) return run(text, at, code, gap);
  return push(PUNCT, at, at + 1, gap, code);
}

/** Right behind a word a dash is no sign: `epoch-1`. */
const follows = (at: number): boolean =>
  tokens.count > 0 && tokens.kind[tokens.count - 1] === WORD && tokens.end[tokens.count - 1] === at;

function push(kind: number, start: number, end: number, gap: number, value: number): number {
  const at = tokens.count++;
  tokens.kind[at] = kind;
  tokens.start[at] = start;
  tokens.end[at] = end;
  tokens.gap[at] = gap > 255 ? 255 : gap;
  tokens.value[at] = value;
  return end;
}

/** `/a`, `~/a`, `./a`, `../a`. */
const pathBegins = (code: number, next: number, third: number): boolean =>
  isLetter(next) || (next === SLASH && code !== SLASH) || (code === DOT && next === DOT && third === SLASH);

/** Up to the next blank: an address, a path. */
function blob(text: string, start: number, at: number, gap: number): number {
  while (at < text.length && !isBlank(text.charCodeAt(at))) at++;
  return push(JUNK, start, at, gap, 0);
}

/** Three or more of a kind are a line that is drawn. */
function run(text: string, start: number, code: number, gap: number): number {
  let at = start + 3;
  while (text.charCodeAt(at) === code) at++;
  // The head of a bar that is drawn with letters: `=====>....]`.
  if (code === EQUALS && text.charCodeAt(at) === 62) at++;
  return push(RULE, start, at, gap, code);
}

function drawing(text: string, start: number, gap: number): number {
  let at = start + 1;
  while (isDrawing(text.charCodeAt(at))) at++;
  return push(at - start === 1 ? PUNCT : RULE, start, at, gap, at - start === 1 ? PIPE : text.charCodeAt(start));
}

function signedInfinity(text: string, start: number, gap: number): number {
  let end = start + 1;
  while (isWordCode(text.charCodeAt(end)) && end - start < 12) end++;
  const value = specialNumber(text.slice(start, end));
  return value === null
    ? push(PUNCT, start, start + 1, gap, MINUS)
    : pushNumber(start, end, gap, value, Number.NaN, false);
}

function pushNumber(start: number, end: number, gap: number, value: number, total: number, percent: boolean): number {
  const at = tokens.count;
  tokens.total[at] = total;
  tokens.percent[at] = percent ? 1 : 0;
  return push(NUMBER, start, end, gap, value);
}

function number(text: string, start: number, gap: number): number {
  const before = tokens.count - 1;
  const code = before >= 0 && tokens.kind[before] === PUNCT ? tokens.value[before] : 0;
  // Behind a word and a blank a comma is none of a list either: `loss 0,512`.
  rule.afterSeparator = code === EQUALS || code === COLON || (gap > 0 && before >= 0 && tokens.kind[before] === WORD);
  const { clean, end, value, total, percent } = scanNumber(text, start, rule);
  if (!clean) return push(JUNK, start, end, gap, 0);
  if (scanned.decimalComma) tokens.decimalComma = true;
  pushNumber(start, end, gap, value, total, percent);
  return percent && text.charCodeAt(end) === PIPE ? bar(text, end) : end;
}

/** The bar of tqdm stands between two upright lines; whatever it is drawn with, digits too, says nothing. */
function bar(text: string, at: number): number {
  const close = text.indexOf('|', at + 1);
  return close < 0 ? at : push(RULE, at, close + 1, 0, PIPE);
}

function word(text: string, start: number, gap: number): number {
  let at = start + 1;
  let dotted = false;
  for (;;) {
    const code = text.charCodeAt(at);
    if (isWordCode(code)) at++;
    else if (code === SLASH && isWordCode(text.charCodeAt(at + 1))) at++;
    else if (code === DOT && isWordCode(text.charCodeAt(at + 1))) {
      dotted = true;
      at++;
    } else if (code === MINUS && joins(text, start, at)) at++;
    else if (code === AT && isDigit(text.charCodeAt(text.charCodeAt(at + 1) === DOT ? at + 2 : at + 1)))
      at = afterAt(text, at + 2);
    else if (code === AT && isLetter(text.charCodeAt(at + 1))) at++;
    else if (code === APOSTROPHE && text.charCodeAt(at + 1) === 115 && isBlank(text.charCodeAt(at + 2))) at += 2;
    else if (code === PERCENT && isSeparator(text.charCodeAt(at + 1))) at++;
    else if (code === CARET && isDigit(text.charCodeAt(at + 1))) at += 2;
    else if (code === OPEN_PAREN && text.charCodeAt(at + 1) === CLOSE_PAREN) at += 2;
    else break;
  }
  const code = text.charCodeAt(at);
  if (code === COLON && text.charCodeAt(at + 1) === SLASH && text.charCodeAt(at + 2) === SLASH)
    return blob(text, start, at, gap);
  if (code === COLON && text.charCodeAt(at + 1) === 92) return blob(text, start, at, gap);
  if (dotted && isFile(text, start, at)) return file(text, start, at, gap);
  if (at - start <= 9 && at - start >= 3) {
    const special = specialNumber(text.slice(start, at));
    if (special !== null) return pushNumber(start, at, gap, special, Number.NaN, false);
  }
  if (
    code === DOT &&
    at - start <= 4 &&
    (isBlank(text.charCodeAt(at + 1)) || isSeparator(text.charCodeAt(at + 1))) &&
    SHORTENED.has(text.slice(start, at).toLowerCase())
  )
    at++;
  return push(WORD, start, at, gap, 0);
}

/** `top-1`, `train-loss` are words; `epoch-1` is one and a number. */
function joins(text: string, start: number, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return isLetter(next) || (isDigit(next) && at - start < 20 && placeOf(text.slice(start, at)) === null);
}

const isSeparator = (code: number): boolean => code === COLON || code === EQUALS;

const digitAfter = (text: string, at: number): boolean =>
  isDigit(text.charCodeAt(at)) || (text.charCodeAt(at) === DOT && isDigit(text.charCodeAt(at + 1)));

/** `AP@0.5`, `mAP@.5:.95`; of `Acc@1:45.12` the number behind the colon is the value. */
function afterAt(text: string, from: number): number {
  let at = from;
  let fraction = text.charCodeAt(at - 1) === DOT;
  for (let code = text.charCodeAt(at); ; code = text.charCodeAt(++at)) {
    if (code === DOT && digitAfter(text, at + 1)) fraction = true;
    else if (!isDigit(code) && !(code === COLON && fraction && digitAfter(text, at + 1))) return at;
  }
}

function isFile(text: string, start: number, end: number): boolean {
  const dot = text.lastIndexOf('.', end - 1);
  return dot > start && end - dot <= 12 && EXTENSIONS.has(text.slice(dot + 1, end).toLowerCase());
}

/** With the line in it: `train.py:31:`. */
function file(text: string, start: number, at: number, gap: number): number {
  while (text.charCodeAt(at) === COLON && isDigit(text.charCodeAt(at + 1))) {
    at++;
    while (isDigit(text.charCodeAt(at))) at++;
  }
  return push(JUNK, start, at, gap, 0);
}

export const isPunct = (at: number, code: number): boolean =>
  at >= 0 && at < tokens.count && tokens.kind[at] === PUNCT && tokens.value[at] === code;
export const isKind = (at: number, kind: number): boolean => at >= 0 && at < tokens.count && tokens.kind[at] === kind;

/** A number right behind a word and a colon. */
export function isNumbered(at: number): boolean {
  return (
    isKind(at, NUMBER) &&
    isPunct(at - 1, COLON) &&
    isKind(at - 2, WORD) &&
    tokens.gap[at] === 0 &&
    tokens.gap[at - 1] === 0
  );
}

/** The inside of a bar that is drawn with letters: `[=====>....]`. */
export function isDrawn(at: number): boolean {
  return isKind(at, RULE) || isPunct(at, EQUALS) || isPunct(at, GREATER) || isPunct(at, HASH) || isPunct(at, DOT);
}

/** One of the two marks around what Markdown prints bold, beside a colon: `**Accuracy**: 0.9`, `**Accuracy:** 0.9`. */
export function isBold(at: number): boolean {
  const first = isPunct(at - 1, ASTERISK) ? at - 1 : at;
  if (!isPunct(first + 1, ASTERISK) || tokens.gap[first + 1] !== 0) return false;
  return isPunct(first + 2, COLON) || isPunct(first - 1, COLON);
}
