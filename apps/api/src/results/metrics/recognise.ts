import type { MetricAxis } from '@mle/protocol';

/** Numbers that one line tells. */
export interface Reading {
  /** `explicit`: the line was printed to be read by us. */
  form: 'explicit' | 'found';
  axis: MetricAxis;
  x: number;
  values: [name: string, y: number][];
}

const LONGEST_NAME = 100;
/** Numbers of one line. */
const LINE_VALUES = 100;
const { isFinite, isNaN } = Number;
// Every repetition is bounded or ends at a character that it cannot hold itself: no line takes longer than its length.
const NUMBER = String.raw`[+-]?(?:(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,5})?|nan|inf(?:inity)?)`;
/** Also `1,234,567` and, where a comma parts the decimals, `0,512`. */
const WRITTEN = String.raw`(?:[+-]?\d{1,3}(?:,\d{3}){1,8}(?:\.\d{1,40})?(?![\d,])|[+-]?\d{1,20},\d{1,40}(?![\d,.])|${NUMBER})`;
/** `#name x y`. */
const EXPLICIT = new RegExp(
  String.raw`^\s{0,99}#([^\s#]\S{0,200})\s{1,99}(${NUMBER})\s{1,99}(${NUMBER})\s{0,99}$`,
  'i',
);
/** `epoch 3`, `Epoch: 3/10`, `Epoch 3:`, `step=1200`, `iter [20/500]`. */
const PLACE =
  /(?<![\w./-])(epoch|global_step|step|iter|iteration)\b["']?\s{0,12}[:=#]?\s{0,12}[[(]?\s{0,12}(\d{1,20}(?:\.\d{1,20})?)(?!\w|:\d)/gi;
/** `name=1.5` and `name: 1.5`, where the number is a whole word; `Train Loss` and `Val Loss` are two names. */
const PAIR = new RegExp(
  String.raw`(?<![\w./-])((?:(?:train|training|val|valid|validation|test|eval)\s)?[A-Za-z_][\w./-]{0,99})["']?\s{0,20}[=:]\s{0,20}(${WRITTEN})(?=%?(?:[\s,;|)\]}]|$))`,
  'gi',
);
const THOUSANDS = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.|$)/;
// Built from codes: control characters are not to be seen in a source.
const [ESC, BEL] = [String.fromCharCode(27), String.fromCharCode(7)];
const ANSI = new RegExp(`${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${ESC}${BEL}]*${BEL}|[@-Z\\\\^_])`, 'g');
const ESCAPE = 27;
const [HASH, BRACE, EQUALS, COLON, SPACE, TAB] = [35, 123, 61, 58, 32, 9];
const AXES: Record<string, MetricAxis> = {
  epoch: 'epoch',
  step: 'step',
  global_step: 'step',
  iter: 'step',
  iteration: 'step',
};

/**
 * The numbers of one line, or null. An `overwritten` line is one that the terminal does not show any more: of those
 * only explicit ones count, for a progress bar says the same thing many times.
 */
export function recognise(line: Buffer, overwritten: boolean): Reading | null {
  // Most lines hold no number for us: a look at their bytes is cheaper than their text.
  const first = firstByte(line);
  if (first === HASH) return explicit(text(line));
  if (first === ESCAPE) {
    const stripped = text(line);
    if (stripped.trimStart().startsWith('#')) return explicit(stripped);
  }
  if (overwritten || (!line.includes(EQUALS) && !line.includes(COLON))) return null;
  return first === BRACE ? json(text(line)) : pairs(text(line));
}

function firstByte(line: Buffer): number {
  let at = 0;
  while (line[at] === SPACE || line[at] === TAB) at++;
  return line[at] ?? 0;
}

function text(line: Buffer): string {
  const decoded = line.toString('utf8');
  return line.includes(ESCAPE) ? decoded.replaceAll(ANSI, '') : decoded;
}

function explicit(line: string): Reading | null {
  const match = EXPLICIT.exec(line);
  if (!match) return null;
  const [, name = '', x = '', y = ''] = match;
  const place = number(x);
  if (!isFinite(place) || name.length > LONGEST_NAME) return null;
  return { form: 'explicit', axis: 'step', x: place, values: [[name, number(y)]] };
}

function pairs(line: string): Reading | null {
  const place = placeIn(line);
  if (!place) return null;
  const values = new Map<string, number>();
  for (const [, name = '', y = ''] of line.matchAll(PAIR)) {
    // A line has one value of a name: the first.
    if (!isPlace(name) && !values.has(name)) values.set(name, number(y));
    if (values.size >= LINE_VALUES) break;
  }
  return values.size > 0 ? { form: 'found', ...place, values: [...values] } : null;
}

/** A step is finer than the epoch that it belongs to. */
function placeIn(line: string): { axis: MetricAxis; x: number } | null {
  let found: { axis: MetricAxis; x: number } | null = null;
  for (const [, word = '', x = ''] of line.matchAll(PLACE)) {
    const axis = AXES[word.toLowerCase()] ?? 'step';
    if (!found || (axis === 'step' && found.axis === 'epoch')) found = { axis, x: +x };
  }
  return found;
}

function json(line: string): Reading | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    // Such as a dictionary of Python.
    return pairs(line);
  }
  const entries = Object.entries(parsed as object).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[0].length <= LONGEST_NAME,
  );
  const places = entries.filter(([name]) => isPlace(name));
  const [name, x] = places.find(([key]) => AXES[key.toLowerCase()] === 'step') ?? places[0] ?? [];
  const values = entries.filter(([key]) => !isPlace(key)).slice(0, LINE_VALUES);
  return name === undefined || x === undefined || values.length === 0
    ? null
    : { form: 'found', axis: AXES[name.toLowerCase()] ?? 'step', x, values };
}

const isPlace = (name: string): boolean => Object.hasOwn(AXES, name.toLowerCase());

function number(word: string): number {
  const plain = THOUSANDS.test(word) && !/^[+-]?0,/.test(word) ? word.replaceAll(',', '') : word.replace(',', '.');
  const value = +plain;
  if (!isNaN(value)) return value;
  const lower = word.toLowerCase();
  if (!lower.includes('inf')) return Number.NaN;
  return lower.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
