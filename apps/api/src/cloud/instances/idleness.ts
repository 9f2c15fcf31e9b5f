import type { InstanceRecord } from './instances.repository.js';

const MINUTE_MS = 60_000;
/** One that rests takes no new runs for so long before it is stopped: one that is just being taken shows up. */
const REST_MS = 4_000;

/**
 * What to do about an instance that is ready. First it takes no more runs, and only if there is none after a moment is
 * it stopped: a run that was just assigned is never ended.
 */
export function idleStep(
  { busyAt, idleMinutes, restsAt }: Pick<InstanceRecord, 'busyAt' | 'idleMinutes' | 'restsAt'>,
  busy: boolean,
  now: number,
): 'busy' | 'wait' | 'rest' | 'wake' | 'stop' {
  if (busy) return 'busy';
  const idleMs = now - (busyAt?.getTime() ?? now);
  if (idleMinutes === null || idleMs < idleMinutes * MINUTE_MS) return restsAt ? 'wake' : 'wait';
  if (!restsAt) return 'rest';
  return now - restsAt.getTime() >= REST_MS ? 'stop' : 'wait';
}
