import type { RunView } from '@mle/protocol';
import { foldedRows, foldFilter } from './run-rows';

const run = (number: number, more: Partial<RunView> = {}): RunView =>
  ({ id: `run ${number}`, number, projectId: 'p', file: 'a.py', sweepId: null, role: null, ...more }) as RunView;
const trial = (number: number, sweepId: string): RunView => run(number, { sweepId, role: 'trial' });
const dial = (number: number, file = 'a.py'): RunView => run(number, { role: 'dial', file });
const words = (...args: Parameters<typeof foldedRows>) =>
  foldedRows(...args).map((row) =>
    row.fold ? `${row.id}: ${row.fold.runs.map(({ number }) => number).join(' ')}` : row.run.number,
  );

it('a sweep and the dial of a file are one row, where the first of their runs stands', () => {
  const runs = [run(9), trial(8, 's'), dial(7), trial(6, 't'), trial(5, 's'), dial(4, 'b.py'), dial(3), run(2)];
  expect(
    words(
      runs,
      () => [],
      () => false,
    ),
  ).toEqual([9, 's: 8 5', 'dial p a.py: 7 3', 't: 6', 'dial p b.py: 4', 2]);
});

it('an open one shows its runs below it: new ones, then those that the server gave, in its order', () => {
  const runs = [trial(5, 's'), run(4), trial(1, 's')];
  const loaded = [trial(1, 's'), trial(3, 's')];
  expect(
    words(
      runs,
      () => loaded,
      () => true,
    ),
  ).toEqual(['s: 5 1 3', 5, 1, 3, 4]);
});

it('a run that stands for itself asks for no others', () => {
  expect(foldFilter(run(1))).toBeNull();
  expect(foldFilter(run(1, { role: 'dial', file: null }))).toBeNull();
  expect(foldFilter(dial(1))).toEqual({ projectId: 'p', file: 'a.py', role: 'dial' });
});
