import type { RunChange } from './knobs.js';
import type { ParamValue } from './params.js';

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

/** A number has a true minus. */
export function shownValue(value: ParamValue | null): string {
  if (value === null) return 'not set';
  return typeof value === 'number' ? String(value).replaceAll('-', '−') : String(value);
}
