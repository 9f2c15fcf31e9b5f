import type { RunView } from '@mle/protocol';
import { shownChange } from '@mle/protocol/shown-change';
import { plural } from '../core/format';

/** `learning_rate 0.5`, `3 changes`: by what a run is known beside the run before it. Empty where nothing differs. */
export function changeName({ changes }: Pick<RunView, 'changes'>): string {
  const [first, ...more] = changes;
  if (!first) return '';
  if (more.length > 0) return plural(changes.length, 'change');
  const { name, now } = shownChange(first);
  return `${name} ${now}`;
}

/** How a run and the run before it are told apart at the ends of their lines: by what differs, if that is one value. */
export function endNames({ number, before, changes }: Pick<RunView, 'number' | 'before' | 'changes'>): {
  now: string;
  before: string;
} {
  const [first, ...more] = changes;
  const { was, now } = first && more.length === 0 ? shownChange(first) : { was: null, now: '' };
  if (was !== null) return { now, before: was };
  return { now: `#${number}`, before: before ? `#${before.number}` : '' };
}
