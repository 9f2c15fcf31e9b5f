import type { ParamValue } from '@mle/protocol';
import type { ScalarKind } from './read/reading.js';

const NUMBER = /^[+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][+-]?\d{1,4})?$/;
const TRUTH: ReadonlyMap<ParamValue, boolean> = new Map<ParamValue, boolean>([
  [true, true],
  ['true', true],
  ['True', true],
  [false, false],
  ['false', false],
  ['False', false],
]);

/** The value as one of the kind, or null where it is none: `"0.1"` is a number, 0.5 no whole number. */
export function fittedValue(kind: ScalarKind, value: ParamValue): ParamValue | null {
  if (kind === 'text') return String(value);
  if (kind === 'boolean') return TRUTH.get(value) ?? null;
  const number = typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return null;
  return kind === 'integer' && !Number.isSafeInteger(number) ? null : number;
}
