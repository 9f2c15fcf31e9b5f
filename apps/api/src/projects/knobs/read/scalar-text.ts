import type { Scalar } from './reading.js';

/** A text that is longer, or of several lines, is no value that a person would turn. */
export const MAX_TEXT = 200;
/** Longer numbers say more than a double holds; the patterns below never see them. */
const MAX_DIGITS = 40;

const INTEGER = /^(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?\d)*)$/;
const DECIMAL = /^(?=.*[.eE])(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?$/;

/** The number that Python and JavaScript read in the text, or null where a double does not hold it. */
export function readNumber(text: string): Scalar | null {
  if (text.length > MAX_DIGITS) return null;
  const [, sign = '', digits = ''] = /^([+-]?)\s*(\S+)$/.exec(text) ?? [];
  const value = Number(digits.replaceAll('_', '')) * (sign === '-' ? -1 : 1);
  if (INTEGER.test(digits)) return Number.isSafeInteger(value) ? { kind: 'integer', value: value + 0 } : null;
  return DECIMAL.test(digits) && Number.isFinite(value) ? { kind: 'number', value } : null;
}

/** How a language writes what differs between languages. */
export interface Dialect {
  on: string;
  off: string;
  /** A character beyond the first plane. */
  wide(code: number): string;
}

/**
 * A scalar as source text, in the style of the literal that it replaces. A number that was written with a point keeps
 * one. All but printable ASCII is escaped, so that no value can end its literal, whatever the encoding of the file.
 */
export function writeScalar({ value }: Scalar, original: string, dialect: Dialect): string {
  if (typeof value === 'boolean') return value ? dialect.on : dialect.off;
  if (typeof value === 'number') return writeNumber(value, original);
  const quote = original.includes("'") && !original.includes('"') ? "'" : '"';
  return quote + [...value].map((character) => escaped(character, quote, dialect)).join('') + quote;
}

function writeNumber(value: number, original: string): string {
  const text = String(value);
  return /^-?\d+$/.test(text) && !/^[+-]?\s*\d[\d_]*$/.test(original) ? `${text}.0` : text;
}

function escaped(character: string, quote: string, dialect: Dialect): string {
  if (character === quote || character === '\\') return `\\${character}`;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return character;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : dialect.wide(code);
}

export function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
