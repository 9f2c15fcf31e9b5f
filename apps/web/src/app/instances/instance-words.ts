import type { InstanceState, InstanceType, InstanceTypes, InstanceView } from '@mle/protocol';
import { elapsed, plural, timeOfDay } from '../core/format';
import type { StateShape } from '../ui/state-icon';

/** The way from the click to a machine that takes runs. */
const WAY: readonly InstanceState[] = ['requested', 'pending', 'booting', 'connecting', 'ready'];
const SHAPES: Record<InstanceState, StateShape> = {
  requested: 'queued',
  pending: 'assigned',
  booting: 'preparing',
  connecting: 'preparing',
  ready: 'succeeded',
  stopping: 'stopping',
  stopped: 'stopped',
  terminating: 'stopping',
  terminated: 'stopped',
  failed: 'failed',
};
const DOING: Partial<Record<InstanceState, string>> = {
  requested: 'Asked for, it is started next',
  pending: 'Its worker is being started',
  booting: 'The worker starts, then it connects by itself',
  connecting: 'The worker connects to this server',
  stopping: 'Its runs are stopped, then the worker',
  terminating: 'Its runs are stopped, then everything of it is removed',
};
const WARN_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;

export const isEnded = ({ state }: InstanceView): boolean => state === 'terminated' || state === 'failed';
/** It takes processors, or money, right now. */
export const isRunning = (instance: InstanceView): boolean => !isEnded(instance) && instance.state !== 'stopped';
export const canStop = ({ state }: InstanceView): boolean => WAY.includes(state);

/** Its machine runs, and its worker does not answer: to boot it once more may help. */
export const isSilent = ({ state, provider }: InstanceView): boolean => state === 'connecting' && provider === 'aws';

/** How far it is: `done` of `of` steps; null when it is on no way. */
export function progressOf({ state }: InstanceView): { done: number; of: number } | null {
  const at = WAY.indexOf(state);
  return at < 0 || state === 'ready' ? null : { done: at + 1, of: WAY.length };
}

export const shapeOf = ({ state }: InstanceView): StateShape => SHAPES[state];

export function stateWord(instance: InstanceView): string {
  const progress = progressOf(instance);
  return progress ? `${instance.state}, ${progress.done} of ${progress.of}` : instance.state;
}

/** What happens now, or why it is as it is, in one sentence. */
export function sentenceOf(instance: InstanceView, now: number): string {
  const { state, problem, reason, endsAt } = instance;
  if (problem) return problem.sentence;
  const doing = DOING[state];
  if (doing) return doing;
  if (state === 'ready') {
    const left = Date.parse(endsAt) - now;
    return left < WARN_MS
      ? `Ends in ${plural(Math.max(1, Math.ceil(left / 60_000)), 'minute')}. Its runs are stopped 3 minutes before.`
      : `Ends ${endOf(instance, now)} at the latest`;
  }
  return reason ?? '';
}

/** Its end is near enough to be warned of. */
export const endsSoon = (instance: InstanceView, now: number): boolean =>
  isRunning(instance) && Date.parse(instance.endsAt) - now < WARN_MS;

/** `16:20`, with the day where it is another one. */
function endOf({ endsAt }: InstanceView, now: number): string {
  const end = new Date(endsAt);
  const day =
    end.toDateString() === new Date(now).toDateString() ? '' : `${end.toLocaleDateString([], { weekday: 'short' })} `;
  return `${day}${timeOfDay(end)}`;
}

/** `up 0:41` while it is ready, how long it has been on its way, or how long it was there. */
export function ageOf({ state, readyAt, endedAt, requestedAt }: InstanceView, now: number): string {
  if (endedAt) return readyAt ? `was there for ${elapsed(Date.parse(endedAt) - Date.parse(readyAt))}` : '';
  if (state === 'stopped') return '';
  return readyAt ? `up ${elapsed(now - Date.parse(readyAt))}` : elapsed(now - Date.parse(requestedAt));
}

/** `$0`, `$0.54`. */
export const dollars = (amount: number): string => (amount === 0 ? '$0' : `$${amount.toFixed(2)}`);

/** One hour more than it has, or than now where it has less. */
export const extended = ({ endsAt }: InstanceView, now: number): string =>
  new Date(Math.max(now, Date.parse(endsAt)) + HOUR_MS).toISOString();

/** With the digits of small prices: `$0.0104`. */
export const precise = (amount: number): string => (amount === 0 ? '$0' : `$${amount.toFixed(4)}`);

const MOST_ALTERNATIVES = 5;

/** Types that do at least as much as the chosen one, the cheapest first: to take where that is not to be had. */
export function alternativesTo(types: readonly InstanceType[], chosen: InstanceType): InstanceType[] {
  const gpus = ({ gpu }: InstanceType): number => (gpu ? gpu.count * gpu.memoryGb : 0);
  return types
    .filter(
      (each) =>
        each !== chosen &&
        !each.overQuota &&
        each.cpus >= chosen.cpus &&
        each.memoryGb >= chosen.memoryGb &&
        gpus(each) >= gpus(chosen) &&
        (each.gpu === null) === (chosen.gpu === null),
    )
    .sort((a, b) => a.pricePerHour - b.pricePerHour)
    .slice(0, MOST_ALTERNATIVES);
}

/** The most that one may cost: as if it ran on demand to its end, with its disk and address. */
export function mostOf(offer: InstanceTypes, { pricePerHour }: InstanceType, hours: number, diskGb: number): number {
  return (pricePerHour + offer.addressPerHour + offer.diskPerGbHour * diskGb) * hours;
}
