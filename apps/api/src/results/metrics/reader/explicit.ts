import { DOT, HASH, isBlank, isDigit, MINUS, PLUS } from './characters.js';
import { specialNumber } from './numbers.js';

interface Explicit {
  name: string;
  x: number;
  y: number;
  from: number;
  to: number;
}

const LONGEST_NAME = 100;
const LONGEST_NUMBER = 40;
const { isFinite, isNaN } = Number;

/** `#name x y`, printed to be read by us; `at` is where the `#` stands. */
export function explicitIn(line: string, at: number): Explicit | null {
  const nameEnd = wordEnd(line, at + 1);
  const second = line.charCodeAt(at + 1);
  if (nameEnd === at + 1 || second === HASH || nameEnd - at - 1 > LONGEST_NAME) return null;
  const xStart = skipBlanks(line, nameEnd);
  const xEnd = wordEnd(line, xStart);
  const yStart = skipBlanks(line, xEnd);
  const yEnd = wordEnd(line, yStart);
  if (yStart === yEnd || xStart === xEnd || skipBlanks(line, yEnd) < line.length) return null;
  const x = plainNumber(line, xStart, xEnd);
  const y = plainNumber(line, yStart, yEnd);
  if (x === null || y === null || !isFinite(x)) return null;
  return { name: line.slice(at + 1, nameEnd), x, y, from: yStart, to: yEnd };
}

function skipBlanks(line: string, at: number): number {
  while (isBlank(line.charCodeAt(at))) at++;
  return at;
}

function wordEnd(line: string, at: number): number {
  while (at < line.length && !isBlank(line.charCodeAt(at))) at++;
  return at;
}

/** As programs write numbers, without separators and units. */
function plainNumber(line: string, from: number, to: number): number | null {
  if (to - from > LONGEST_NUMBER) return null;
  const word = line.slice(from, to);
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at);
    if (!isDigit(code) && code !== MINUS && code !== PLUS && code !== DOT && (code | 32) !== 101)
      return specialNumber(word);
  }
  const value = +word;
  return isNaN(value) ? null : value;
}
