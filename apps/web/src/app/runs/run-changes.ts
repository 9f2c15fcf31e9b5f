import type { RunView } from '@mle/protocol';

type RunChange = RunView['changes'][number];

/** One difference to the run before, as it is shown: `learning_rate 0.5 → 1.6`, or `code changed`. */
export interface ShownChange {
  name: string;
  /** Null where nothing can be told of before. */
  was: string | null;
  now: string;
}

/** A value that only one of two runs has. */
const NOT_SET = 'not set';

export function shownChange({ kind, name, from, to }: RunChange): ShownChange {
  return kind === 'code' ? { name, was: null, now: 'changed' } : { name, was: shown(from), now: shown(to) };
}

/** A number has a true minus. */
function shown(value: RunChange['from']): string {
  if (value === null) return NOT_SET;
  return typeof value === 'number' ? String(value).replaceAll('-', '−') : String(value);
}
