import { COMMA, OPEN_PAREN, PIPE } from './characters.js';
import type { Name } from './names.js';
import { isKind, isPunct, NUMBER, tokens } from './tokens.js';
import { STOP_WORDS } from './vocabulary.js';

/** After these a number may be told in a sentence: `accuracy is 0.93`. */
const TELLING = new Set(['is', 'was', 'of', 'to be']);

export const isTelling = (word: string): boolean => TELLING.has(word.toLowerCase());

/** Whether a number that follows a name after a blank is its value. */
export function isTold(text: string, at: number, name: Name, first: number, last: number): boolean {
  const word = text.slice(tokens.start[last], tokens.end[last]).toLowerCase();
  if (STOP_WORDS.has(word)) {
    tokens.weighed = true;
    return (
      TELLING.has(word) && name.kind === 'sure' && (tokens.percent[at] === 1 || !Number.isInteger(tokens.value[at]))
    );
  }
  if (name.kind === 'sure') return !isKind(at + 1, NUMBER);
  // Any other word has to fill its cell, so that no sentence is taken for a table.
  const opens = first === 0 || isPunct(first - 1, COMMA) || isPunct(first - 1, PIPE);
  return opens && (at + 1 === tokens.count || isPunct(at + 1, COMMA) || isPunct(at + 1, PIPE));
}

/** The amount: of `9000/10000 (90%)` the percentage, of an accuracy of `90/100` the ratio. */
export function amountAt(at: number, name: Name): { value: number; at: number } | null {
  const value = tokens.value[at] ?? 0;
  const total = tokens.total[at] ?? Number.NaN;
  if (total !== total) {
    if (name.kind !== 'sure' || !/precision$/i.test(name.name)) return { value, at };
    tokens.weighed = true;
    return value > 1 && Number.isInteger(value) && !tokens.percent[at] ? null : { value, at };
  }
  if (isPunct(at + 1, OPEN_PAREN) && isKind(at + 2, NUMBER) && tokens.percent[at + 2])
    return { value: tokens.value[at + 2] ?? 0, at: at + 2 };
  tokens.weighed = true;
  return name.kind === 'sure' && total > 0 && value <= total ? { value: value / total, at } : null;
}
