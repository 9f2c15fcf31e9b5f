import { ACTIVE_STATES, canTransition, isTerminal, RUN_STATES, type RunState } from './run-state.js';

/** The contract's arrows, written out once more by hand: a change of the table has to be meant. */
const ARROWS = new Set([
  'queued>assigned',
  'queued>stopped',
  'assigned>preparing',
  'assigned>queued',
  'assigned>stopped',
  'preparing>running',
  'preparing>stopping',
  'preparing>failed',
  'preparing>lost',
  'preparing>timed_out',
  'preparing>queued',
  'running>stopping',
  'running>succeeded',
  'running>failed',
  'running>timed_out',
  'running>lost',
  'running>queued',
  'stopping>stopped',
  'stopping>succeeded',
  'stopping>failed',
  'stopping>timed_out',
  'stopping>lost',
]);

describe('run states', () => {
  const pairs = RUN_STATES.flatMap((from) => RUN_STATES.map((to) => [from, to] as [RunState, RunState]));

  it.each(pairs)('%s to %s', (from, to) => {
    expect(canTransition(from, to)).toBe(ARROWS.has(`${from}>${to}`));
  });

  it('ends in five states and nowhere else', () => {
    expect(RUN_STATES.filter(isTerminal)).toEqual(['succeeded', 'failed', 'stopped', 'timed_out', 'lost']);
    expect(ACTIVE_STATES).toEqual(RUN_STATES.filter((state) => !isTerminal(state)));
    expect(isTerminal('stopping')).toBe(false);
  });

  it('reaches an end from every active state', () => {
    for (const start of ACTIVE_STATES) {
      const seen = new Set<RunState>([start]);
      for (const state of seen) for (const next of RUN_STATES) if (canTransition(state, next)) seen.add(next);
      expect([...seen].some(isTerminal)).toBe(true);
    }
  });
});
