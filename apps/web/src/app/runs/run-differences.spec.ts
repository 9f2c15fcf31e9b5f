import type { RunView } from '@mle/protocol';
import { differs, settingsOf, titlesOf } from './run-differences';

const run = (of: Partial<RunView>) => ({ knobs: {}, params: {}, seed: 0, args: [], ...of }) as unknown as RunView;

describe('what differs between runs', () => {
  const runs = [
    run({ knobs: { rate: 0.5, hidden: 16 }, params: { rate: 0.5 } }),
    run({ knobs: { rate: -1.6, hidden: 16 }, params: { rate: -1.6, path: 'x' }, seed: 3, args: ['--fast'] }),
  ];

  it('is told by setting', () => {
    expect(settingsOf(runs).filter(differs)).toEqual([
      { name: 'rate', values: [0.5, -1.6] },
      { name: 'seed', values: [0, 3] },
      { name: 'path', values: [null, 'x'] },
      { name: 'arguments', values: [null, '--fast'] },
    ]);
    expect(settingsOf([])).toEqual([]);
  });

  it('is the title of each', () => {
    expect(titlesOf(runs)).toEqual(['rate 0.5, seed 0', 'rate −1.6, seed 3, path x, arguments --fast']);
    expect(titlesOf(runs.slice(0, 1))).toEqual(['']);
  });

  it('counts a seed of the code once', () => {
    const seeded = [run({ knobs: { seed: 1 }, seed: 1 }), run({ knobs: { seed: 2 }, seed: 2 })];
    expect(titlesOf(seeded)).toEqual(['seed 1', 'seed 2']);
  });
});
