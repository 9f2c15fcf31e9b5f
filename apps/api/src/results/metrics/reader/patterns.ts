import type { MetricAxis } from '@mle/protocol';
import { DOT, isBlank, isDigit, MINUS, PLUS } from './characters.js';
import { scanNumber, specialNumber } from './numbers.js';

/** A line as a person writes it, with holes where the numbers stand: `best so far: {best_val_loss} at epoch {x}`. */
export interface Pattern {
  text: string;
  /** Texts before, between and after the holes; each run of blanks is one blank. */
  literals: string[];
  /** `x` is the place, `_` is passed over, any other is the name of a series. */
  holes: string[];
  axis: MetricAxis;
}

interface PatternMatch {
  x: number | null;
  values: { name: string; y: number; from: number; to: number }[];
  from: number;
  to: number;
}

type PatternProblem =
  | 'too long'
  | 'no hole'
  | 'no name'
  | 'no text'
  | 'holes without text between them'
  | 'a hole twice'
  | 'an open brace'
  | 'a name that is too long';

const LONGEST_PATTERN = 300;
const MOST_HOLES = 20;
const LONGEST_HOLE = 100;
/** Between two fixed texts at most so much is passed over. */
const LONGEST_PASSED = 200;
const BLANKS = /\s+/g;

/** Reads a pattern, or says what is wrong with it. */
export function compilePattern(text: string, axis?: MetricAxis): Pattern | PatternProblem {
  if (text.length > LONGEST_PATTERN) return 'too long';
  const literals: string[] = [];
  const holes: string[] = [];
  let at = 0;
  for (let open = text.indexOf('{'); open >= 0; open = text.indexOf('{', at)) {
    const close = text.indexOf('}', open);
    if (close < 0) return 'an open brace';
    const hole = text.slice(open + 1, close).trim();
    literals.push(text.slice(at, open).replace(BLANKS, ' '));
    holes.push(hole === '' ? '_' : hole);
    at = close + 1;
  }
  literals.push(text.slice(at).replace(BLANKS, ' '));
  // What is passed over at either end needs no look.
  while (holes[0] === '_') {
    holes.shift();
    literals.shift();
  }
  while (holes.at(-1) === '_') {
    holes.pop();
    literals.pop();
  }
  const problem = problemOf(literals, holes);
  if (problem) return problem;
  literals[0] = (literals[0] ?? '').trimStart();
  literals[literals.length - 1] = (literals.at(-1) ?? '').trimEnd();
  const before = literals[holes.indexOf('x')]?.toLowerCase() ?? '';
  return {
    text,
    literals,
    holes,
    axis: axis ?? (!holes.includes('x') ? 'index' : before.includes('epoch') ? 'epoch' : 'step'),
  };
}

function problemOf(literals: readonly string[], holes: readonly string[]): PatternProblem | null {
  const names = holes.filter((hole) => hole !== '_');
  if (holes.length === 0) return 'no hole';
  if (names.every((hole) => hole === 'x')) return 'no name';
  if (new Set(names).size < names.length) return 'a hole twice';
  if (holes.length > MOST_HOLES || holes.some((hole) => hole.length > LONGEST_HOLE)) return 'a name that is too long';
  if (literals.slice(1, -1).some((literal) => literal === '')) return 'holes without text between them';
  return literals.every((literal) => literal.trim() === '') ? 'no text' : null;
}

/**
 * The first place in the line where the pattern stands. Each beginning is tried in a number of looks that the pattern
 * bounds.
 */
export function matchPattern(
  { literals, holes, axis }: Pattern,
  line: string,
): (PatternMatch & { axis: MetricAxis }) | null {
  const first = literals[0] ?? '';
  const anchor = first.trimEnd();
  for (
    let at = anchor === '' ? 0 : line.indexOf(anchor);
    at >= 0 && at < line.length;
    at = anchor === '' ? at + 1 : line.indexOf(anchor, at + 1)
  ) {
    if (anchor === '' && !beginsNumber(line, at)) continue;
    const match = matchAt(literals, holes, line, at);
    if (match) return { ...match, axis };
  }
  return null;
}

/** Where a number could begin, and not inside one. */
function beginsNumber(line: string, at: number): boolean {
  const code = line.charCodeAt(at);
  const before = line.charCodeAt(at - 1);
  if (isDigit(before) || before === DOT) return false;
  return isDigit(code) || code === MINUS || code === PLUS || code === DOT || (code | 32) === 110 || (code | 32) === 105;
}

function matchAt(
  literals: readonly string[],
  holes: readonly string[],
  line: string,
  start: number,
): PatternMatch | null {
  const match: PatternMatch = { x: null, values: [], from: start, to: start };
  let at = literal(line, start, literals[0] ?? '');
  for (let i = 0; i < holes.length && at >= 0; i++) {
    const hole = holes[i] ?? '_';
    const next = literals[i + 1] ?? '';
    if (hole === '_') {
      at = passOver(line, at, next);
      continue;
    }
    const number = numberAt(line, at);
    if (!number) return null;
    if (hole === 'x') match.x = number.value;
    else match.values.push({ name: hole, y: number.value, from: at, to: number.end });
    match.to = number.end;
    at = literal(line, number.end, next);
  }
  return at < 0 || (match.x !== null && !Number.isFinite(match.x)) ? null : match;
}

/** The end of the fixed text at `at`, or -1. */
function literal(line: string, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) === 32) {
      const edge = i === 0 || i === text.length - 1;
      if (!isBlank(line.charCodeAt(at)) && !edge) return -1;
      while (isBlank(line.charCodeAt(at))) at++;
    } else if (line.charCodeAt(at++) !== text.charCodeAt(i)) return -1;
  }
  return at;
}

function passOver(line: string, at: number, next: string): number {
  const wanted = next.trim();
  if (wanted === '') return Math.min(line.length, at + LONGEST_PASSED);
  const found = line.slice(at, at + LONGEST_PASSED + wanted.length).indexOf(wanted.split(' ')[0] ?? '');
  return found < 0 ? -1 : literal(line, at + found, wanted);
}

/** The number that the hole takes; whatever follows, the next fixed text decides. */
function numberAt(line: string, at: number): { value: number; end: number } | null {
  const code = line.charCodeAt(at);
  const signed = code === MINUS || code === PLUS ? at + 1 : at;
  const first = line.charCodeAt(signed);
  if (isDigit(first) || (first === DOT && isDigit(line.charCodeAt(signed + 1)))) {
    const { value, amount } = scanNumber(line, at, { afterSeparator: true, decimalCommas: false });
    return { value, end: amount };
  }
  for (const length of [9, 8, 4, 3]) {
    const value = specialNumber(line.slice(at, at + length));
    if (value !== null) return { value, end: at + length };
  }
  return null;
}
