import { CLOSE_BRACKET, OPEN_BRACKET, OPEN_PAREN } from './characters.js';
import { gluedPlace, phaseOf, phaseOnly } from './names.js';
import { isKind, isPunct, NUMBER, tokens, WORD } from './tokens.js';
import { EVENTS, type Phase, PHASE_KEYS } from './vocabulary.js';

/** Words of one name. */
const MOST_WORDS = 10;
const LONGEST_WORD = 60;
/** Words and numbers in brackets that belong to a name: `Reward (last 100)`. */
const MOST_BRACKETED = 4;

export const wordAt = (text: string, at: number): string => text.slice(tokens.start[at], tokens.end[at]);

/** Bullets, rules and brackets before the first word do not count. */
export function firstWord(): number {
  let at = 0;
  while (at < tokens.count && at < 4 && tokens.kind[at] !== WORD && tokens.kind[at] !== NUMBER) at++;
  return at;
}

/** A line that tells what was saved, loaded or warned of repeats numbers of other lines. */
export function tellsEvent(text: string, head: number): boolean {
  for (let at = 0; at < Math.min(tokens.count, 8); at++) {
    if (tokens.kind[at] !== WORD) continue;
    const word = wordAt(text, at);
    if (at === head && EVENTS.has(word.toLowerCase())) return !isBoosting(text, at);
    if (word.endsWith('Warning') || word.endsWith('Exception')) return true;
  }
  return false;
}

/** The one message of LightGBM's own that tells values: `[LightGBM] [Info] Iteration:1, training auc : 0.9`. */
const isBoosting = (text: string, head: number): boolean =>
  wordAt(text, head) === 'LightGBM' && isKind(head + 5, WORD) && wordAt(text, head + 5) === 'Iteration';

/** The first of the words that belong together: nothing but single blanks between them. */
export function firstOf(text: string, last: number, head: number): number {
  let first = last;
  while (
    first > 0 &&
    last - first < MOST_WORDS &&
    tokens.kind[first - 1] === WORD &&
    belongs(text, first) &&
    !isTaken(text, first - 1, head)
  )
    first--;
  return first;
}

/** A phase may stand in a column of its own before the name. */
function belongs(text: string, at: number): boolean {
  if ((tokens.end[at - 1] ?? 0) - (tokens.start[at - 1] ?? 0) > LONGEST_WORD) return false;
  return (tokens.gap[at] ?? 0) <= 1 || phaseOf(wordAt(text, at - 1).toLowerCase()) !== null;
}

/** A word that was a place by itself, such as `E1`. */
function isTaken(text: string, at: number, head: number): boolean {
  const code = text.charCodeAt((tokens.end[at] ?? 0) - 1);
  return code >= 48 && code <= 57 && gluedPlace(wordAt(text, at), at === head) !== null;
}

export function phaseBefore(text: string, first: number, last: number): Phase | null {
  if (last - first > 1) return null;
  const words = [wordAt(text, first)];
  if (last > first) words.push(wordAt(text, last));
  return phaseOnly(words);
}

/** `split=val`, `phase: train`. */
export const phaseUnderKey = (text: string, at: number): Phase | null =>
  isKind(at - 2, WORD) && PHASE_KEYS.has(wordAt(text, at - 2).toLowerCase())
    ? phaseOf(wordAt(text, at).toLowerCase())
    : null;

/** `[0/5][50/1583]`: epochs, then batches. */
export const isPairOfCounts = (at: number): boolean =>
  isPunct(at + 1, CLOSE_BRACKET) &&
  isPunct(at + 2, OPEN_BRACKET) &&
  isKind(at + 3, NUMBER) &&
  !Number.isNaN(tokens.total[at + 3] ?? Number.NaN);

/** The bracket that opens before the few words in front of `close`, or -1. */
export function openingParen(close: number): number {
  let at = close - 1;
  while (close - at <= MOST_BRACKETED && (isKind(at, WORD) || isKind(at, NUMBER))) at--;
  return at < close - 1 && isPunct(at, OPEN_PAREN) ? at : -1;
}
