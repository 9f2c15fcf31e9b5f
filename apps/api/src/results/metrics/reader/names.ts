import { metricWords } from '@mle/protocol';
import { isMetric, saidBy } from './sentences.js';
import type { Phase, PlaceKind } from './vocabulary.js';
import {
  BEST_WORDS,
  COEFFICIENTS,
  COUNTED,
  COUNTING,
  COURSE_SETTINGS,
  HEAD_PLACES,
  HEAD_PLURALS,
  MEANS,
  NEVER,
  OVERALL,
  PHASE_COMPANY,
  PHASES,
  PLACE_MODIFIERS,
  PLACES,
  PLURAL_PLACES,
  SETTINGS,
  SUSPICIOUS,
  TIMED_COSTS,
} from './vocabulary.js';

/**
 * What a name promises: `sure` is a measure of a model; `unknown` may be one; `course` is a setting that the training
 * changes; `setting` was set before it; `never` measures something else.
 */
export type NameKind = 'sure' | 'unknown' | 'course' | 'setting' | 'never';

export interface Name {
  name: string;
  kind: NameKind;
  /** What the number counts, where it is a place and no value. */
  place: PlaceKind | null;
  /** The phase that the name itself tells. */
  phase: Phase | null;
  /** The phase stands as a word of its own before the rest: what follows on the line without one belongs to it too. */
  phaseLeads: boolean;
  /** `Best val acc`, `Final loss`. */
  best: boolean;
  suspicious: boolean;
}

const LONGEST_NAME = 100;
const MOST_KNOWN = 4_096;
const { hasOwn } = Object;

const known = new Map<string, Name>();

/** Judges the words before a number. The same few come again and again. */
export function nameOf(raw: string): Name {
  const found = known.get(raw);
  if (found) return found;
  // A copy: a part of a text would keep all of it in memory.
  const copy = Buffer.from(raw).toString();
  const name = judge(copy);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(copy, name);
  return name;
}

function judge(raw: string): Name {
  const { name: spoken, measure } = saidBy(
    raw.split(/\s+/).filter((word) => word !== ''),
    (word) => phaseOf(word) !== null,
  );
  const name = plain(spoken);
  const words = metricWords(name);
  const first = spoken[0]?.toLowerCase() ?? '';
  return {
    name,
    kind: name === '' || name.length > LONGEST_NAME ? 'never' : kindOf(metricWords(plain(measure))),
    place: placeOf(name),
    phase: words.map(phaseOf).find((phase) => phase !== null) ?? null,
    phaseLeads: spoken.length > 1 && phaseOf(first) !== null,
    best:
      words[0] !== undefined &&
      (BEST_WORDS.has(words[0]) || (words[1] !== undefined && BEST_WORDS.has(words[1]) && words.length > 2)),
    suspicious: words.some((word) => SUSPICIOUS.has(word)) || SUSPICIOUS.has(words.join('_')),
  };
}

/** Without quotes, and without what an f-string of Python shows of a call: `loss.item()`. */
const plain = (words: readonly string[]): string =>
  words
    .join(' ')
    .replace(/'s\b/g, '')
    .replace(/[,'"]|(?:\.item)?\(\)/g, '')
    .trim();

export const phaseOf = (word: string): Phase | null => (hasOwn(PHASES, word) ? (PHASES[word] ?? null) : null);

/** The last word says what a thing is: a loss weight is a weight, a total loss is a loss. */
function kindOf(words: readonly string[]): NameKind {
  const last = words.at(-1) ?? '';
  // `loss/train/total`
  if (last === 'total' && words.some(isMetric)) return 'sure';
  if (last.startsWith('coef') && words.some((word) => COEFFICIENTS.has(word))) return 'sure';
  const bare = last.replace(/\d{1,9}$/, '');
  if (words.includes('lr') || words.includes('learning')) return 'course';
  if (NEVER.has(last) || (bare !== '' && NEVER.has(bare))) return 'never';
  // `img/s`, `time cost`
  if (last === 's' || (last === 'cost' && TIMED_COSTS.has(words.at(-2) ?? ''))) return 'never';
  if (COUNTED.has(last) && words.slice(0, -1).every((word) => COUNTING.has(word))) return 'never';
  if (COURSE_SETTINGS.has(last) || COURSE_SETTINGS.has(bare)) return 'course';
  if (SETTINGS.has(last) || words.includes('target')) return 'setting';
  if (
    words[0]?.startsWith('init') ||
    ((words[0] === 'max' || words[0] === 'clip') && (last === 'norm' || last === 'grad'))
  )
    return 'setting';
  if (words.some(isMetric) || (BEST_WORDS.has(words[0] ?? '') && words.length === 2 && phaseOf(last) !== null))
    return 'sure';
  return words.length === 0 || words.some((word) => NEVER.has(word))
    ? 'never'
    : words.some((word) => SETTINGS.has(word))
      ? 'setting'
      : 'unknown';
}

const places = new Map<string, PlaceKind | null>();

/** Whether a name is one that says where the training stands. */
export function placeOf(name: string): PlaceKind | null {
  const found = places.get(name);
  if (found !== undefined) return found;
  const place = judgePlace(name);
  if (places.size >= MOST_KNOWN) places.clear();
  places.set(Buffer.from(name).toString(), place);
  return place;
}

function judgePlace(name: string): PlaceKind | null {
  const words = name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const last = words.at(-1);
  if (last === undefined || words.length > 3) return null;
  const joined = words.join('');
  if (hasOwn(PLACES, joined)) return PLACES[joined] ?? null;
  const bare = words.slice(words.findIndex((word) => !PLACE_MODIFIERS.has(word))).join('');
  if (hasOwn(PLACES, bare)) return PLACES[bare] ?? null;
  return hasOwn(PLACES, last) && words.slice(0, -1).every((word) => PLACE_MODIFIERS.has(word))
    ? (PLACES[last] ?? null)
    : null;
}

/** `epoch3`, `Epoch_3`, `E1`, `step100`: the number is part of the word. Answers where the digits begin. */
export function gluedPlace(word: string, atHead: boolean): { kind: PlaceKind; word: string; digits: number } | null {
  let digits = word.length;
  while (digits > 0 && word.charCodeAt(digits - 1) >= 48 && word.charCodeAt(digits - 1) <= 57) digits--;
  if (digits === word.length || digits === 0 || word.length - digits > 9) return null;
  const letters = word.slice(0, digits).replace(/[_-]$/, '').toLowerCase();
  const kind = hasOwn(PLACES, letters)
    ? PLACES[letters]
    : atHead && letters.length === 1 && hasOwn(HEAD_PLACES, letters)
      ? HEAD_PLACES[letters]
      : undefined;
  return kind === undefined || letters === 'mb' ? null : { kind, word: letters, digits };
}

/** A plural such as `steps` counts only where a count is told, not where a number is set. */
export const isPluralPlace = (name: string): boolean => PLURAL_PLACES.has(name.toLowerCase());

/** The words in which the head of a line may count: `Steps : 100, …`. */
export const isHeadPlural = (name: string): boolean => HEAD_PLURALS.has(name.toLowerCase());

/** Whether a name tells of all folds, though one of them was headed last. */
export function isOverall(name: string, means: boolean): boolean {
  const [first = ''] = metricWords(name);
  return OVERALL.has(first) || (means && MEANS.has(first));
}

/** Whether words say nothing but a phase: `Test set`, `Validation results`. */
export function phaseOnly(words: readonly string[]): Phase | null {
  let found: Phase | null = null;
  for (const word of words) {
    const lower = word.toLowerCase();
    const phase = phaseOf(lower);
    if (phase === null && !PHASE_COMPANY.has(lower)) return null;
    // `Evaluating test` says it twice.
    if (found === null || found === 'eval') found = phase ?? found;
  }
  return found;
}
