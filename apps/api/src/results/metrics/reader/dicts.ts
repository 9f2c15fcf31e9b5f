import {
  APOSTROPHE,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  DOT,
  EQUALS,
  GREATER,
  isBlank,
  isDigit,
  isLetter,
  isWordCode,
  LESS,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  PLUS,
  QUOTE,
  SLASH,
} from './characters.js';
import { phaseOf } from './names.js';
import { scanNumber, specialNumber, wholeNumber } from './numbers.js';
import { type Phase, PHASE_KEYS } from './vocabulary.js';

/** A number in a dictionary; the keys above it are joined by slashes. */
export interface Entry {
  key: string;
  y: number;
  from: number;
  to: number;
  /** It was printed in quotes. */
  quoted: boolean;
}

export interface Dict {
  entries: Entry[];
  /** `"split": "val"`: what all of its numbers belong to. */
  phase: Phase | null;
  /** Where it ends, or -1 when the text ends before it. */
  end: number;
}

interface Level {
  close: number;
  path: string;
  /** Elements of a list have no names. */
  list: boolean;
  /** Of a list with one number that number. */
  only: Entry | null;
  count: number;
  /** Of a pair such as `('loss', 0.5)` the name was read. */
  keyed: boolean;
}

const DEEPEST = 32;
const MOST_ENTRIES = 1_000;
const NUMBER_MAKERS = new Set([
  'tensor',
  'Tensor',
  'Array',
  'array',
  'np.float64',
  'np.float32',
  'np.int64',
  'float64',
  'float32',
  'DeviceArray',
  'Decimal',
]);

/** Where a dictionary of Python, an object of JSON or of JavaScript begins, or -1. */
export function findDict(text: string): number {
  const open = text.indexOf('{');
  const pairs = text.indexOf('[(');
  // An OrderedDict prints as a list of pairs.
  if (pairs >= 0 && (open < 0 || pairs < open) && isQuote(text.charCodeAt(pairs + 2))) return pairs;
  if (open < 0) return -1;
  const at = skip(text, open + 1);
  const code = text.charCodeAt(at);
  const begins =
    code !== code ||
    isQuote(code) ||
    code === OPEN_BRACE ||
    (isLetter(code) && text.charCodeAt(skip(text, bareWord(text, at))) === COLON);
  if (!begins) return -1;
  return open > 0 && text.charCodeAt(open - 1) === OPEN_BRACKET && skip(text, 0) === open - 1 ? open - 1 : open;
}

/**
 * Reads a dictionary in the form of each language that prints one. Null: it is none. One pass, and no deeper than a
 * person nests.
 */
export function readDict(text: string, start: number): Dict | null {
  return new DictReader(text).read(start);
}

class DictReader {
  private readonly entries: Entry[] = [];
  private readonly levels: Level[] = [];
  private phase: Phase | null = null;
  private at = 0;

  constructor(private readonly text: string) {}

  read(start: number): Dict | null {
    this.at = start;
    if (!this.open('')) return null;
    while (this.levels.length > 0) {
      this.at = skip(this.text, this.at);
      if (this.at >= this.text.length) return { entries: this.entries, phase: this.phase, end: -1 };
      if (!this.step() || this.entries.length > MOST_ENTRIES) return null;
    }
    return { entries: this.entries, phase: this.phase, end: this.at };
  }

  private open(path: string): boolean {
    const code = this.text.charCodeAt(this.at);
    const close =
      code === OPEN_BRACE ? CLOSE_BRACE : code === OPEN_BRACKET ? CLOSE_BRACKET : code === OPEN_PAREN ? CLOSE_PAREN : 0;
    if (close === 0 || this.levels.length >= DEEPEST) return false;
    this.levels.push({ close, path, list: close !== CLOSE_BRACE, only: null, count: 0, keyed: false });
    this.at++;
    return true;
  }

  /** An entry, a comma or an end. False: the text is no dictionary. */
  private step(): boolean {
    const level = this.levels.at(-1);
    if (!level) return false;
    const code = this.text.charCodeAt(this.at);
    if (code === level.close) {
      this.at++;
      this.levels.pop();
      if (level.only && level.count === 1) this.entries.push(level.only);
      return true;
    }
    if (code === COMMA) {
      this.at++;
      return true;
    }
    if (level.list) {
      if (level.close === CLOSE_PAREN && level.count === 0 && !level.keyed && isQuote(code)) return this.pairKey(level);
      level.count++;
      return this.value(level.path, level);
    }
    const key = this.key();
    if (key === null) return false;
    this.at = skip(this.text, this.at);
    return this.at >= this.text.length || this.value(joined(level.path, key), null);
  }

  private pairKey(level: Level): boolean {
    const key = this.quoted(this.text.charCodeAt(this.at));
    if (key === null) return false;
    level.path = joined(level.path, key);
    level.keyed = true;
    return true;
  }

  private key(): string | null {
    const code = this.text.charCodeAt(this.at);
    const key = isQuote(code) ? this.quoted(code) : this.word();
    if (key === null) return null;
    this.at = skip(this.text, this.at);
    const after = this.text.charCodeAt(this.at);
    if (after === COLON) this.at++;
    else if (after === EQUALS && this.text.charCodeAt(this.at + 1) === GREATER) this.at += 2;
    else return this.at >= this.text.length ? key : null;
    return key;
  }

  private word(): string | null {
    const end = bareWord(this.text, this.at);
    if (end === this.at) return null;
    const word = this.text.slice(this.at, end);
    this.at = end;
    return word;
  }

  /** What stands between two quotes; null when the second one is missing on a line that goes on. */
  private quoted(quote: number): string | null {
    const from = this.at + 1;
    for (let at = from; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at);
      if (code === 92) at++;
      else if (code === quote) {
        this.at = at + 1;
        return this.text.slice(from, at);
      }
    }
    return null;
  }

  private value(key: string, list: Level | null): boolean {
    const { text } = this;
    const start = this.at;
    const code = text.charCodeAt(start);
    if (code === OPEN_BRACE || code === OPEN_BRACKET || code === OPEN_PAREN) return this.open(key);
    if (isQuote(code)) {
      const inner = this.quoted(code);
      const y = inner === null || inner.length > 40 ? null : wholeNumber(inner);
      if (y !== null) this.found({ key, y, from: start + 1, to: this.at - 1, quoted: true }, list);
      else if (inner !== null && PHASE_KEYS.has(key.toLowerCase())) this.phase ??= phaseOf(inner.toLowerCase());
      return inner !== null;
    }
    const next = text.charCodeAt(start + 1);
    if (isDigit(code) || ((code === MINUS || code === PLUS || code === DOT) && (isDigit(next) || next === DOT))) {
      const { clean, end, value, total } = scanNumber(text, start);
      this.at = end;
      if (clean && total !== total) this.found({ key, y: value, from: start, to: end, quoted: false }, list);
      return true;
    }
    if (code === LESS) return this.shown(key, list);
    return this.other(key, list, code === MINUS || code === PLUS ? start + 1 : start);
  }

  /** `<tf.Tensor: shape=(), dtype=float32, numpy=0.5>`, `<class 'float'>`. */
  private shown(key: string, list: Level | null): boolean {
    const close = this.text.indexOf('>', this.at);
    if (close < 0) return false;
    const inner = this.text.slice(this.at, close);
    const label = inner.lastIndexOf('numpy=');
    const y = label < 0 || close - label > 60 ? null : wholeNumber(inner.slice(label + 6));
    if (y !== null) this.found({ key, y, from: this.at + label + 6, to: close, quoted: false }, list);
    this.at = close + 1;
    return true;
  }

  /** `NaN`, `True`, `tensor(0.5)`, `datetime.date(…)`. */
  private other(key: string, list: Level | null, from: number): boolean {
    const start = this.at;
    const end = bareWord(this.text, from);
    if (end === from) return false;
    const y = specialNumber(this.text.slice(start, end));
    this.at = end;
    if (y !== null) this.found({ key, y, from: start, to: end, quoted: false }, list);
    if (this.text.charCodeAt(end) === OPEN_PAREN) return this.call(key, this.text.slice(from, end), list);
    return true;
  }

  /** Of a call only its end matters, and the number that it begins with where it only wraps one. */
  private call(key: string, name: string, list: Level | null): boolean {
    let at = this.at + 1;
    if (NUMBER_MAKERS.has(name) && isDigit(this.text.charCodeAt(at + (this.text.charCodeAt(at) === MINUS ? 1 : 0)))) {
      const { clean, end, value } = scanNumber(this.text, at);
      if (clean) this.found({ key, y: value, from: at, to: end, quoted: false }, list);
    }
    for (let depth = 1; depth > 0 && at < this.text.length; at++) {
      const code = this.text.charCodeAt(at);
      if (code === OPEN_PAREN) depth++;
      else if (code === CLOSE_PAREN) depth--;
    }
    this.at = at;
    return true;
  }

  private found(entry: Entry, list: Level | null): void {
    if (!list) this.entries.push(entry);
    else list.only = entry;
  }
}

const isQuote = (code: number): boolean => code === QUOTE || code === APOSTROPHE;
const joined = (path: string, key: string): string => (path === '' ? key : `${path}/${key}`);

function skip(text: string, at: number): number {
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

function bareWord(text: string, at: number): number {
  let code = text.charCodeAt(at);
  while (isWordCode(code) || code === DOT || code === SLASH || (code === MINUS && isWordCode(text.charCodeAt(at + 1))))
    code = text.charCodeAt(++at);
  return at;
}
