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
const { isFinite, isNaN } = Number;
const NUMBER = String.raw`[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|inf(?:inity)?)`;
/** `#name x y`. */
const EXPLICIT = new RegExp(String.raw`^\s*#([^\s#]\S*)\s+(${NUMBER})\s+(${NUMBER})\s*$`, 'i');
/** `epoch 3`, `Epoch: 3/10`, `step=1200`, `iter [20/500]`. */
const PLACE =
  /(?<![\w./-])(epoch|global_step|step|iter|iteration)\b["']?\s*[:=#]?\s*[[(]?\s*(\d+(?:\.\d+)?)(?![\w:])/gi;
/** `name=1.5` and `name: 1.5`, where the number is a whole word. */
const PAIR = new RegExp(
  String.raw`(?<![\w./-])([A-Za-z_][\w./-]{0,99})["']?\s*[=:]\s*(${NUMBER})(?=%?(?:[\s,;|)\]}]|$))`,
  'gi',
);
// Built from codes: control characters are not to be seen in a source.
const ANSI = new RegExp(
  `${String.fromCharCode(27)}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${String.fromCharCode(7)}]*${String.fromCharCode(7)}|[@-Z\\\\^_])`,
  'g',
);
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
  const values: [string, number][] = [];
  for (const [, name = '', y = ''] of line.matchAll(PAIR)) if (!isPlace(name)) values.push([name, number(y)]);
  return values.length > 0 ? { form: 'found', ...place, values } : null;
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
  const values = entries.filter(([key]) => !isPlace(key));
  return name === undefined || x === undefined || values.length === 0
    ? null
    : { form: 'found', axis: AXES[name.toLowerCase()] ?? 'step', x, values };
}

const isPlace = (name: string): boolean => Object.hasOwn(AXES, name.toLowerCase());

function number(word: string): number {
  const value = +word;
  if (!isNaN(value)) return value;
  const lower = word.toLowerCase();
  if (!lower.includes('inf')) return Number.NaN;
  return lower.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
