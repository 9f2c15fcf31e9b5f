import type { RunState, SweepView } from '@mle/protocol';
import { shownValue } from '@mle/protocol/shown-change';
import { plural } from '../core/format';
import { sorted } from './vary-values';

/** The state of a sweep as a person reads it, and the shape of a run's state that it has. */
export const SWEEP_STATE: Record<SweepView['state'], { word: string; shape: RunState }> = {
  smoke: { word: 'tries its first run', shape: 'running' },
  running: { word: 'running', shape: 'running' },
  paused: { word: 'paused', shape: 'queued' },
  done: { word: 'done', shape: 'succeeded' },
  stopped: { word: 'stopped', shape: 'stopped' },
  failed: { word: 'failed', shape: 'failed' },
};

/** `5 values × 3 seeds`, or from how many to how many where values have different ones. */
export function sizeWords({ settings }: Pick<SweepView, 'settings'>): string {
  const seeds = settings.map((setting) => setting.seeds);
  const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
  return `${plural(settings.length, 'value')} × ${least === most ? plural(most, 'seed') : `${least} to ${most} seeds`}`;
}

/** `12 of 30 minutes, $0.10 of $2.00`: its limits, with what was used of them where it is known; empty without any. */
export function limitWords({ limits, used }: Pick<SweepView, 'limits' | 'used'>): string {
  const { minutes, dollars } = limits;
  return [
    minutes === undefined ? '' : `${used.minutes === null ? '' : `${used.minutes} of `}${plural(minutes, 'minute')}`,
    dollars === undefined ? '' : `${used.dollars === null ? '' : `${cents(used.dollars)} of `}${cents(dollars)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

const cents = (dollars: number): string => `$${dollars.toFixed(2)}`;

/** `0.05 … 5`, or the first ones of what has no order. */
export function rangeWords({ settings }: Pick<SweepView, 'settings'>): string {
  const values = sorted(settings.map(({ value }) => value)).map(shownValue);
  const [first = '', last = ''] = [values[0], values.at(-1)];
  return first === last ? first : `${first} … ${last}`;
}
