import type { RunView } from '@mle/protocol';
import { groupable, grouped, groupRuns } from './graph-groups';

const run = (id: string, rate: number, seed: number, act = 'tanh') =>
  ({ id, knobs: { rate, act }, params: {}, seed, args: [] }) as unknown as RunView;
const runs = [run('a', 1.6, 0), run('b', 0.05, 0), run('c', 1.6, 1), run('d', 0.5, 0, 'relu')];

describe('groups of runs', () => {
  it('are by the value of a knob, from low to high', () => {
    expect(groupable(runs)).toEqual(['rate', 'act', 'seed']);
    expect(groupRuns(runs, 'rate').map(({ value, runIds, token }) => [value, [...runIds].join(), token])).toEqual([
      ['0.05', 'b', '--scale-1'],
      ['0.5', 'd', '--scale-3'],
      ['1.6', 'a,c', '--scale-5'],
    ]);
    expect(groupRuns(runs, 'act').map(({ id, token }) => [id, token])).toEqual([
      ['act tanh', undefined],
      ['act relu', undefined],
    ]);
    expect(groupRuns([], 'rate')).toEqual([]);
  });

  it('are drawn as the mean and the range of their runs', () => {
    const line = (id: string, y: number[]) => ({ id, label: id, slot: 0, x: [1, 2], y, live: false });
    const chart = { name: 'loss', axis: 'epoch', lines: [line('a', [1, 2]), line('c', [3, 6]), line('b', [5, 5])] };
    const look = { band: 'range', pointed: null, isHidden: () => false } as const;
    expect(grouped(chart, groupRuns(runs, 'rate'), look).lines).toMatchObject([
      { label: 'rate 0.05, 1 run', y: [5, 5] },
      { label: 'rate 1.6, mean of 2', y: [2, 4], band: { low: [1, 2], high: [3, 6] }, ending: '1.6' },
    ]);
    const labels = (change: object) =>
      grouped(chart, groupRuns(runs, 'rate'), { ...look, ...change }).lines.map(({ label }) => label);
    expect(labels({ pointed: 'rate 1.6' })).toEqual([
      'rate 0.05, 1 run',
      'rate 1.6, mean of 2',
      'rate 1.6, a',
      'rate 1.6, c',
    ]);
    expect(labels({ band: 'lines' })).toEqual(['rate 0.05, b', 'rate 1.6, a', 'rate 1.6, c']);
    expect(labels({ band: 'lines', isHidden: (id: string) => id === 'rate 1.6' })).toEqual(['rate 0.05, b']);
  });
});
