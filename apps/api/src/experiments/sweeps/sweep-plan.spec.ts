import type { Goal, RunState } from '@mle/protocol';
import type { TrialRun } from '../../run-records/trials.repository.js';
import { isSettled, places, type PlannedSweep, repeatedFailure, smokeVerdict, toStart } from './sweep-plan.js';

const GOAL: Goal = { metric: 'accuracy', direction: 'max', at: 'last' };
const NOW = 1_000_000;
const sweep = (more: Partial<PlannedSweep> = {}): PlannedSweep => ({
  settings: [
    { value: 0.5, seeds: 2 },
    { value: 5, seeds: 1 },
  ],
  round: 0,
  failuresFrom: 0,
  goal: GOAL,
  ...more,
});

let made = 0;
interface Made {
  setting?: number;
  seed?: number;
  round?: number;
  state?: RunState;
  accuracy?: number | null;
  line?: string;
}
function run({ setting = 0, seed = 0, round = 0, state = 'succeeded', accuracy, line }: Made): TrialRun {
  made++;
  const failure = line === undefined ? null : { sentence: line, place: null, cause: null, package: null };
  const attempt = {
    ...{ n: 1, state, machineId: 'm', machineName: 'm', createdAt: new Date(0), startedAt: new Date(0) },
    ...{ exitCode: null, signal: null, reason: null, failure, outputBytes: 0, outputSha256: null, history: [] },
    finishedAt: new Date(NOW - 100_000 + made),
  };
  const metrics = accuracy === undefined ? [] : [{ name: 'accuracy', last: accuracy, min: 0, max: 1, step: 1 }];
  return {
    ...{ id: String(made), number: made, ownerId: 'o', role: 'trial', seed, state, attempt: 1, attempts: [attempt] },
    ...{ machineId: 'm', machineName: 'm', metrics, readBy: 'rules' },
    trial: { sweepId: 's', setting, round },
  };
}

it('wants each seed of each value, all first seeds first', () => {
  expect(places(sweep())).toEqual([
    { setting: 0, seed: 0 },
    { setting: 1, seed: 0 },
    { setting: 0, seed: 1 },
  ]);
});

describe('what is to start', () => {
  it('is what has no run, whatever became of those there are in this round', () => {
    const runs = [run({ state: 'failed' }), run({ setting: 1, state: 'stopped' })];
    expect(toStart(sweep(), runs)).toEqual([{ setting: 0, seed: 1 }]);
  });

  it('in a later round is also what was stopped or lost, and what failed where the failures ended the sweep', () => {
    const runs = [run({ state: 'failed' }), run({ setting: 1, state: 'lost' }), run({ seed: 1, state: 'running' })];
    expect(toStart(sweep({ round: 1 }), runs)).toEqual([{ setting: 1, seed: 0 }]);
    const retried = sweep({ round: 1, failuresFrom: 1 });
    expect(toStart(retried, runs)).toHaveLength(2);
    expect(toStart(retried, [...runs, run({ round: 1, state: 'failed' }), run({ setting: 1, round: 1 })])).toEqual([]);
  });
});

describe('the first run', () => {
  it('is waited for until it prints the metric, be that nan', () => {
    expect(smokeVerdict(sweep(), [], NOW)).toEqual({ verdict: 'wait' });
    expect(smokeVerdict(sweep(), [run({ state: 'running' })], NOW)).toEqual({ verdict: 'wait' });
    expect(smokeVerdict(sweep(), [run({ state: 'running', accuracy: null })], NOW)).toEqual({ verdict: 'go' });
  });

  it('says why the others are not started', () => {
    const line = "ModuleNotFoundError: No module named 'torch'";
    expect(smokeVerdict(sweep(), [run({ state: 'failed', line })], NOW)).toEqual({
      verdict: 'failed',
      reason: `The first run ended before it printed accuracy: ${line}`,
    });
    const loss = { name: 'loss', last: 1, min: 1, max: 1, step: 1 };
    expect(smokeVerdict(sweep(), [{ ...run({}), metrics: [loss] }], NOW)).toEqual({
      verdict: 'failed',
      reason: 'The first run ended and did not print accuracy. It printed loss.',
    });
    expect(smokeVerdict(sweep(), [run({ state: 'stopped' })], NOW)).toMatchObject({ verdict: 'stopped' });
  });

  it('that has just ended may still be read', () => {
    const unread = run({});
    delete unread.readBy;
    const ended = unread.attempts[0]?.finishedAt?.getTime() ?? 0;
    expect([isSettled(unread, ended + 1_000), isSettled(unread, ended + 10_000)]).toEqual([false, true]);
    expect(smokeVerdict(sweep(), [unread], ended + 1_000)).toEqual({ verdict: 'wait' });
  });
});

it('three failures in a row with the same last line are one failure of the program', () => {
  const fails = (line: string) => run({ state: 'failed', line });
  expect(repeatedFailure(sweep(), [fails('a'), fails('a')])).toBeNull();
  expect(repeatedFailure(sweep(), [fails('a'), fails('a'), fails('b')])).toBeNull();
  expect(repeatedFailure(sweep(), [fails('a'), fails('a'), run({}), fails('a')])).toBeNull();
  const three = [fails('b'), fails('a'), fails('a'), run({ state: 'running' }), fails('a')];
  expect(repeatedFailure(sweep(), three)).toBe('a');
  expect(repeatedFailure(sweep({ round: 1, failuresFrom: 1 }), three)).toBeNull();
});

it('a run that was made before the sweep is none of its failures, nor between them', () => {
  const failed = { state: 'failed', line: 'too fast' } as const;
  const runs = [run({ ...failed, setting: 1 }), run({ ...failed, setting: 2 }), run({ accuracy: 0.5 })];
  const last = run({ ...failed, setting: 3 });
  expect(repeatedFailure(sweep(), [...runs, last])).toBeNull();
  expect(
    repeatedFailure(sweep(), [
      ...runs.map((each) => (each.state === 'succeeded' ? { ...each, taken: true as const } : each)),
      last,
    ]),
  ).toBe('too fast');
});
