import type { RunState } from '@mle/protocol';
import { RunGroups } from './run-groups.js';

let made = 0;
const run = (rate: number | null, seed: number, loss: number | null, state: RunState = 'succeeded', more = {}) => ({
  id: String(++made),
  state,
  seed,
  params: {},
  knobs: { ...(rate !== null && { rate }), ...more },
  metrics: [{ name: 'loss', last: loss, min: 0.1, max: 9, step: 5 }],
  finals: [{ name: 'test', value: 0.5 }],
});
const grouped = (...runs: ReturnType<typeof run>[]) => {
  const groups = new RunGroups({ of: 'knobs', name: 'rate' });
  for (const each of runs) groups.add(each);
  return groups.items;
};

it('tells mean and range of each value, from low to high, and those without it last', () => {
  const groups = grouped(run(5, 0, 3), run(null, 0, 1), run(0.5, 1, 2), run(0.5, 0, 1));
  expect(groups.map(({ value }) => value)).toEqual([0.5, 5, null]);
  expect(groups[0]).toMatchObject({ runs: 2, seeds: 2, active: 0, differs: [] });
  expect(groups[0]?.metrics).toEqual({
    loss: {
      last: { n: 2, mean: 1.5, lowest: 1, highest: 2 },
      min: { n: 2, mean: 0.1, lowest: 0.1, highest: 0.1 },
      max: { n: 2, mean: 9, lowest: 9, highest: 9 },
    },
    test: { last: { n: 2, mean: 0.5, lowest: 0.5, highest: 0.5 }, min: null, max: null },
  });
});

it('a seed that ran twice counts once, as it ran last; with another knob it is another setting', () => {
  const [group] = grouped(run(1, 0, 7), run(1, 0, 100), run(1, 0, 9, 'succeeded', { hidden: 4 }));
  expect(group).toMatchObject({
    runs: 3,
    seeds: 1,
    differs: ['hidden'],
    metrics: { loss: { last: { n: 2, mean: 8 } } },
  });
});

it('what runs, failed or printed nan is no part of the mean', () => {
  const [group] = grouped(run(1, 0, 7), run(1, 1, 8, 'running'), run(1, 2, 9, 'failed'), run(1, 3, null));
  expect(group).toMatchObject({ runs: 4, active: 1, seeds: 2, metrics: { loss: { last: { n: 1, mean: 7 } } } });
});
