import { z } from 'zod';

export const RUN_STATES = [
  'queued',
  'assigned',
  'preparing',
  'running',
  'stopping',
  'succeeded',
  'failed',
  'stopped',
  'timed_out',
  'lost',
] as const;
export const RunStateSchema = z.enum(RUN_STATES);
export type RunState = z.infer<typeof RunStateSchema>;

/**
 * The one table of a run's life. `assigned → queued` gives a delivery back that never spawned;
 * the other arrows to `queued` are retries and begin the next attempt.
 */
export const RUN_TRANSITIONS = {
  queued: ['assigned', 'stopped'],
  assigned: ['preparing', 'queued', 'stopped'],
  preparing: ['running', 'stopping', 'failed', 'lost', 'timed_out', 'queued'],
  running: ['stopping', 'succeeded', 'failed', 'timed_out', 'lost', 'queued'],
  stopping: ['stopped', 'succeeded', 'failed', 'timed_out', 'lost'],
  succeeded: [],
  failed: [],
  stopped: [],
  timed_out: [],
  lost: [],
} as const satisfies Record<RunState, readonly RunState[]>;

export function canTransition(from: RunState, to: RunState): boolean {
  return (RUN_TRANSITIONS[from] as readonly RunState[]).includes(to);
}

export function isTerminal(state: RunState): boolean {
  return RUN_TRANSITIONS[state].length === 0;
}

export const ACTIVE_STATES: readonly RunState[] = RUN_STATES.filter((state) => !isTerminal(state));
export const ENDED_STATES: readonly RunState[] = RUN_STATES.filter(isTerminal);
/** The machine holds a slot for the run. */
export const ON_MACHINE_STATES: readonly RunState[] = ['preparing', 'running', 'stopping'];
