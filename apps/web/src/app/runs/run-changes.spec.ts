import type { RunView } from '@mle/protocol';
import { changesSince, runBefore } from './run-changes';
import { isStale } from './runs-store';

const run = (change: Partial<RunView>): RunView =>
  ({
    id: 'a',
    number: 1,
    projectId: 'p',
    file: 'train.py',
    command: null,
    params: {},
    args: [],
    seed: 0,
    snapshotId: 's',
    attempt: 1,
    attempts: [],
    ...change,
  }) as RunView;

describe('changesSince', () => {
  it('names each thing that differs, also what was taken away', () => {
    const before = run({ params: { lr: 0.1, epochs: 3 }, seed: 1, snapshotId: 'x' });
    const after = run({ params: { lr: 0.2, fast: true }, args: ['-v'], seed: 2, snapshotId: 'y' });
    expect(changesSince(after, before)).toEqual([
      { name: 'lr', was: '0.1', now: '0.2' },
      { name: 'epochs', was: '3', now: 'unset' },
      { name: 'fast', was: 'unset', now: 'true' },
      { name: 'arguments', was: 'none', now: '-v' },
      { name: 'seed', was: '1', now: '2' },
      { name: 'code', was: null, now: 'changed' },
    ]);
  });

  it('tells the same from the first', () => {
    expect(changesSince(run({}), run({}))).toEqual([]);
    expect(changesSince(run({}), null)).toBeNull();
  });
});

describe('runBefore', () => {
  it('is the latest earlier run of the same file and project', () => {
    const runs = [
      run({ number: 5 }),
      run({ number: 4, file: 'other.py' }),
      run({ number: 4, projectId: 'q' }),
      run({ number: 3 }),
      run({ number: 2 }),
    ];
    expect(runBefore(runs[0] as RunView, runs)?.number).toBe(3);
    expect(runBefore(runs[4] as RunView, runs)).toBeNull();
  });
});

describe('isStale', () => {
  const at = (attempt: number, states: number): RunView =>
    run({
      attempt,
      attempts: [
        { history: Array.from({ length: states }, () => ({ state: 'queued', at: '' })) },
      ] as unknown as RunView['attempts'],
    });

  it('never lets an older answer take a run back', () => {
    expect(isStale(at(1, 2), at(1, 3))).toBe(true);
    expect(isStale(at(1, 9), at(2, 1))).toBe(true);
    expect(isStale(at(1, 3), at(1, 3))).toBe(false);
    expect(isStale(at(2, 1), at(1, 9))).toBe(false);
    expect(isStale(at(1, 1), undefined)).toBe(false);
  });
});
