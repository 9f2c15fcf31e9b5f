import { isDigit } from './characters.js';
import { nameOf, phaseOf } from './names.js';
import { scanNumber } from './numbers.js';
import type { Found } from './reading.js';

const LONGEST = 2_000;
const MOST_SCORES = 50;
const CLASS_SCORE =
  /^\s{0,8}((?:Test )?Accuracy) (?:of|for class:) {1,8}([\w-]{1,40}) {0,40}(?:is|:) {1,8}(\d{1,3}(?:\.\d{1,6})?) ?%/;

const scoreOf = (name: string, y: number, from: number, to: number): Found => ({
  name,
  y,
  from,
  to,
  kind: 'sure',
  weak: false,
  best: false,
});

/**
 * The scores of one fit of scikit-learn's searches: `[CV 1/3] END C=1, gamma=0.001;, score=0.960 total time= 0.0s`.
 * What stands before the semicolon was set.
 */
export function searchScores(line: string): Found[] | null {
  if (!line.startsWith('[CV') || line.length > LONGEST) return null;
  const found: Found[] = [];
  let outer = 'score';
  for (
    let at = Math.max(line.indexOf(']'), line.indexOf(';,')) + 1;
    at < line.length && found.length < MOST_SCORES;
    at++
  ) {
    const code = line.charCodeAt(at);
    if (code !== 61 && !(code === 58 && line.charCodeAt(at + 1) === 32)) continue;
    const word = wordBefore(line, at);
    const start = line.charCodeAt(at + 1) === 32 ? at + 2 : at + 1;
    if (line.charCodeAt(start) === 40) outer = word;
    if (!isDigit(line.charCodeAt(line.charCodeAt(start) === 45 ? start + 1 : start))) continue;
    const { clean, value, end } = scanNumber(line, start);
    const name = phaseOf(word) === null ? word : `${word} ${outer}`;
    if (clean && nameOf(name).kind === 'sure') found.push(scoreOf(name, value, start, end));
  }
  return found;
}

function wordBefore(line: string, end: number): string {
  let start = end;
  while (start > 0 && /[\w-]/.test(line[start - 1] ?? '') && end - start < 100) start--;
  return line.slice(start, end);
}

/** The tutorials of PyTorch and of Udacity: `Accuracy for class: plane is 93.1 %`, `Accuracy of plane : 55 %`. */
export function classScore(line: string): Found | null {
  const match = CLASS_SCORE.exec(line);
  if (!match) return null;
  const [whole, head = '', label = '', amount = ''] = match;
  const from = whole.lastIndexOf(amount);
  return scoreOf(`${head} of ${label}`, Number(amount), from, from + amount.length);
}

/** COCO's summary: `Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.312`. */
export function cocoScore(line: string): Found | null {
  const open = line.indexOf('@[');
  if (open < 0 || line.length > LONGEST) return null;
  const close = line.indexOf(']', open);
  const equals = line.indexOf('=', close);
  if (close < 0 || equals < 0) return null;
  let start = equals + 1;
  while (line.charCodeAt(start) === 32) start++;
  if (!isDigit(line.charCodeAt(line.charCodeAt(start) === 45 ? start + 1 : start))) return null;
  const { clean, value, end } = scanNumber(line, start);
  const head = line.slice(0, open).includes('(AR)') ? 'AR' : 'AP';
  const conditions = line
    .slice(open + 2, close)
    .replaceAll('|', ' ')
    .replace(/= +/g, '=')
    .split(' ')
    .filter((word) => word !== '');
  // A score of -1 says that there was nothing to score.
  return clean && value >= 0 ? scoreOf([head, ...conditions].join(' '), value, start, end) : null;
}
