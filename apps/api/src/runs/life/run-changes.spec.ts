import { changesBetween, type ComparedRun } from './run-changes.js';

const run = (change: Partial<ComparedRun> = {}): ComparedRun => ({
  params: {},
  args: [],
  seed: 0,
  snapshotId: 's',
  ...change,
});

describe('what differs between two runs', () => {
  it('is each thing by its name, also what was taken away', () => {
    const before = run({ params: { lr: 0.1, epochs: 3 }, seed: 1, snapshotId: 'x' });
    const after = run({ params: { lr: 0.2, fast: true }, args: ['-v', 'a'], seed: 2, snapshotId: 'y' });
    expect(changesBetween(before, after)).toEqual([
      { kind: 'param', name: 'lr', from: 0.1, to: 0.2 },
      { kind: 'param', name: 'epochs', from: 3, to: null },
      { kind: 'param', name: 'fast', from: null, to: true },
      { kind: 'args', name: 'arguments', from: null, to: '-v a' },
      { kind: 'seed', name: 'seed', from: 1, to: 2 },
      { kind: 'code', name: 'code', from: null, to: null },
    ]);
  });

  it('is nothing where all is the same', () => {
    expect(changesBetween(run({ params: { lr: 1 } }), run({ params: { lr: 1 } }))).toEqual([]);
  });

  it('is not hidden by names that every object has', () => {
    expect(changesBetween(run(), run({ params: { toString: 1 } }))).toEqual([
      { kind: 'param', name: 'toString', from: null, to: 1 },
    ]);
  });
});
