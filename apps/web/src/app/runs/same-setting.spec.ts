import type { RunView } from '@mle/protocol';
import { missingSeeds, sameSetting, seedsToRun } from './same-setting';

const run = (id: string, seed: number, change: Partial<RunView> = {}): RunView =>
  ({
    id,
    seed,
    projectId: 'p',
    file: 'train.py',
    command: null,
    snapshotId: 's',
    params: { a: 1, b: 2 },
    args: [],
    env: {},
    ...change,
  }) as RunView;

it('finds one run for each seed of the same files and values', () => {
  const first = run('first', 3);
  const found = sameSetting(
    [run('again', 3), run('one', 1, { params: { b: 2, a: 1 } }), run('other', 2, { snapshotId: 't' }), first],
    first,
  );
  expect(found.map(({ id }) => id)).toEqual(['one', 'first']);
});

describe('seedsToRun', () => {
  it('names what each of two settings lacks, so that both have the same ones', () => {
    const [a, b] = [[run('a', 0)], [run('b', 0)]];
    expect([seedsToRun(a, b, 3), seedsToRun(b, a, 3)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('uses the seeds that are there', () => {
    const [a, b] = [[run('a', 7)], [run('b', 0), run('c', 1)]];
    expect([seedsToRun(a, b, 3), seedsToRun(b, a, 3)]).toEqual([[0, 1], [7]]);
    expect(seedsToRun(b, b, 2)).toEqual([]);
  });
});

it('names the runs that two settings lack', () => {
  const [a, b] = [run('a', 0), run('b', 0, { params: { a: 5, b: 2 } })];
  expect(missingSeeds([a, b, run('a1', 1)], a, b, 3)).toEqual([
    { id: 'b', seed: 1 },
    { id: 'b', seed: 2 },
    { id: 'a', seed: 2 },
  ]);
});
