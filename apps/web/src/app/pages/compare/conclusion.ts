import type { RunChange, RunView } from '@mle/protocol';
import { shownChange } from '@mle/protocol/shown-change';
import { plural } from '../../core/format';
import { isActive } from '../../core/protocol-values';

/** What may be said of two runs by looking at them, which is little. */
export interface Conclusion {
  /** `warn`: their difference says nothing about any one cause. */
  tone: 'info' | 'warn';
  text: string;
}

const NAMED = 4;

/** In what run `b` differs from run `a`, in words; all of the code is one thing. */
function thingsOf(a: RunView, b: RunView, changes: readonly RunChange[]): string[] {
  const told = changes
    .filter(({ kind }) => kind !== 'code' && kind !== 'seed')
    .map((change) => {
      const { name, was, now } = shownChange(change);
      return `${name} ${was ?? 'not set'} → ${now}`;
    });
  const program = a.file !== b.file || a.command !== b.command;
  const surroundings = different(a.env, b.env) || different(a.settings, b.settings);
  return [
    ...told,
    ...(program ? ['the program'] : []),
    ...(changes.some(({ kind }) => kind === 'code') ? ['the code'] : []),
    ...(surroundings ? ['environment or project settings'] : []),
    ...(changes.some(({ kind }) => kind === 'seed') ? ['the seed'] : []),
  ];
}

/** Refuses to name a cause where there may be several; one run on each side shows no more than that it may be chance. */
export function conclusionOf(a: RunView, b: RunView, changes: readonly RunChange[]): Conclusion {
  const things = thingsOf(a, b, changes);
  const [only] = things;
  const unfinished = [a, b].filter(({ state }) => isActive(state)).map(({ number }) => `#${number} is not finished. `);
  const start = unfinished.join('');
  if (only === undefined)
    return { tone: 'info', text: `${start}Nothing differs that is on record: what differs in the numbers is chance.` };
  if (things.length > 1) {
    const rest = things.length - NAMED;
    const named = [...things.slice(0, NAMED), ...(rest > 0 ? [`${rest} more`] : [])];
    const list = `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
    return {
      tone: 'warn',
      text: `${start}${plural(things.length, 'thing')} differ: ${list}, so this does not say which one did it.`,
    };
  }
  if (only === 'the seed')
    return { tone: 'info', text: `${start}Only the seed differs: the difference is what chance alone does.` };
  return { tone: 'info', text: `${start}One thing differs: ${only}. One seed each: it may be chance.` };
}

/** Whatever the order of their entries. */
function different(a: object, b: object): boolean {
  const written = (value: object): string => JSON.stringify(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
  return written(a) !== written(b);
}
