import { METRIC_ENDINGS, METRICS, PHASES, PLACES } from './vocabulary.js';

/**
 * Finds out, byte by byte, whether a line holds a word that numbers of a training are told with. Most lines do not, and
 * are passed over without making a text of them. Long words count wherever they stand, short ones as whole words.
 */

const LETTERS = 27;
/** A letter takes so many bits. */
export const LETTER_BITS = 5;
const SHORT = 4;
/** Any byte that is no letter. */
const EDGE = 26;

/** Such as `acc` in `valAcc` and `loss` in `trainloss`. */
const PARTS = ['acc', 'loss', 'auc', 'err', ...METRIC_ENDINGS];
/** A word of place in letters only: `num_updates` is found by its parts. */
const words = new Set(
  [...METRICS, ...Object.keys(PLACES), ...Object.keys(PHASES), 'iteration', 'lr', 'best'].map(
    (word) => /[a-z]+/.exec(word)?.[0] ?? '',
  ),
);
words.delete('');
words.delete('t');

const patterns = [...words].map((word) => {
  const codes = [...word].map((letter) => letter.charCodeAt(0) - 97);
  return word.length >= SHORT ? codes : [EDGE, ...codes, EDGE];
});
for (const part of PARTS) patterns.push([...part].map((letter) => letter.charCodeAt(0) - 97));

/** For each byte its letter, whatever its case. */
export const LETTER_OF = new Uint8Array(256).fill(EDGE);
for (let letter = 0; letter < 26; letter++) LETTER_OF[letter + 65] = LETTER_OF[letter + 97] = letter;

const table = automaton(patterns);

/** The state after a byte: `STEP[state | LETTER_OF[byte]]`. */
export const STEP = table;
/** The state of a line that holds a word; it stays in it. */
export const HOLDS_WORD = table.length - (1 << LETTER_BITS);
/** Where a line begins, and with one more `EDGE` where it ends. */
export const LINE_START = table[EDGE] ?? 0;
export const LINE_END = EDGE;

/**
 * The automaton of Aho and Corasick: follows all words at once, one step for each byte. A state is the place of its row
 * in the table; the last row is the one of a word that was found.
 */
function automaton(wanted: readonly number[][]): Uint16Array {
  const edges: Int32Array[] = [new Int32Array(LETTERS).fill(-1)];
  const ends: number[] = [0];
  for (const pattern of wanted) {
    let state = 0;
    for (const letter of pattern) {
      let to = edges[state]?.[letter] ?? -1;
      if (to < 0) {
        to = edges.length;
        edges.push(new Int32Array(LETTERS).fill(-1));
        ends.push(0);
        (edges[state] as Int32Array)[letter] = to;
      }
      state = to;
    }
    ends[state] = 1;
  }
  const states = edges.length;
  const table = new Uint16Array((states + 1) << LETTER_BITS).fill(states << LETTER_BITS);
  const fallback = new Int32Array(states);
  const queue: number[] = [0];
  for (const state of queue) {
    for (let letter = 0; letter < LETTERS; letter++) {
      const to = edges[state]?.[letter] ?? -1;
      const other = state === 0 ? 0 : (table[((fallback[state] ?? 0) << LETTER_BITS) | letter] ?? 0) >> LETTER_BITS;
      if (to >= 0) {
        fallback[to] = other;
        if (other === states) ends[to] = 1;
        queue.push(to);
      }
      const next = to < 0 ? other : to;
      table[(state << LETTER_BITS) | letter] = (ends[next] === 1 ? states : next) << LETTER_BITS;
    }
  }
  return table;
}
