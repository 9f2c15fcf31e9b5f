import { shownChange } from './run-changes';

describe('a change since the run before', () => {
  it('is shown by its name, as it was and as it is', () => {
    expect(
      (
        [
          { kind: 'param', name: 'lr', from: -0.1, to: 0.2 },
          { kind: 'param', name: 'fast', from: null, to: true },
          { kind: 'args', name: 'arguments', from: '-v', to: null },
          { kind: 'code', name: 'code', from: null, to: null },
        ] as const
      ).map(shownChange),
    ).toEqual([
      { name: 'lr', was: '−0.1', now: '0.2' },
      { name: 'fast', was: 'not set', now: 'true' },
      { name: 'arguments', was: '-v', now: 'not set' },
      { name: 'code', was: null, now: 'changed' },
    ]);
  });
});
