import { WRONG_CURSOR } from '@mle/protocol';
import { badRequest } from '../../platform/http/problem.js';
import type { RunValue } from './run-field.js';

/** A run in an order by values. */
export interface Placed {
  id: string;
  value: RunValue;
}

/** Of a text so much decides; the cursor holds it. */
const COMPARED_CHARS = 200;
const shortened = (value: RunValue): RunValue => (typeof value === 'string' ? value.slice(0, COMPARED_CHARS) : value);

/** Numbers, then texts. Runs without a value are last in both directions; of equal ones the newest is first. */
export function inOrder(descending: boolean): (a: Placed, b: Placed) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    if (a.value === null || b.value === null)
      return Number(a.value === null) - Number(b.value === null) || compare(b.id, a.id);
    return sign * compareValues(a.value, b.value) || compare(b.id, a.id);
  };
}

export function compareValues(a: Exclude<RunValue, null>, b: Exclude<RunValue, null>): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1;
  return compare(String(shortened(a)), String(shortened(b)));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function cursorOf({ id, value }: Placed): string {
  return `${id}~${Buffer.from(JSON.stringify(shortened(value))).toString('base64url')}`;
}

/** @throws ProblemError 400 */
export function placeOf(cursor: string): Placed {
  const [id = '', code = ''] = cursor.split('~');
  try {
    const value: unknown = JSON.parse(Buffer.from(code, 'base64url').toString());
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value))
      return { id, value: value as RunValue };
  } catch {
    // Not one of ours, as below.
  }
  throw badRequest('request.invalid', `cursor: ${WRONG_CURSOR}`);
}
