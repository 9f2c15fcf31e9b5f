import type { RunChange } from './knobs.js';
import type { ParamValue } from './params.js';
import { allDigits } from './shown-number.js';

/** A change as it is shown: "learning_rate 0.5 → 1.6", "code network.py +12 −3" or "code changed". */
export interface ShownChange {
  name: string;
  /** Null where nothing can be told of before. */
  was: string | null;
  now: string;
}

export function shownChange({ kind, name, from, to, added, removed }: RunChange): ShownChange {
  if (kind !== 'code') return { name, was: shownValue(from), now: shownValue(to) };
  const counts = [...(added ? [`+${added}`] : []), ...(removed ? [`−${removed}`] : [])].join(' ');
  return { name: name === 'code' ? name : `code ${name}`, was: null, now: counts === '' ? 'changed' : counts };
}

/** Digits by which values that a person chose differ; behind them stands what arithmetic leaves over. */
const CHOSEN_DIGITS = 12;

/** A value that a person chose: all digits of a number. */
export function shownValue(value: ParamValue | null): string {
  if (value === null) return 'not set';
  if (typeof value !== 'number') return String(value);
  return allDigits(Number.isInteger(value) ? value : Number(value.toPrecision(CHOSEN_DIGITS)));
}
