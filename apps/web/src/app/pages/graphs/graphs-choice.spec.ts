import type { RunView } from '@mle/protocol';
import { choiceOf, groupedBy, latestOfMachines, paramsOf, preselected } from './graphs-choice';

const id = (digit: string) => digit.repeat(24);
const none: ReadonlySet<string> = new Set();

describe('a view of the Graphs page', () => {
  it('is kept by its link', () => {
    const choice = {
      runs: [id('a'), id('b')],
      hidden: [id('b')],
      x: 'time',
      smoothing: 0.6,
      log: true,
      by: 'knobs.learning_rate',
      band: 'sd',
      metric: 'loss',
      text: 'train',
      together: true,
      best: true,
      clip: true,
      fold: ['layer0/'],
    } as const;
    expect(choiceOf(paramsOf(choice) as Record<string, string>)).toEqual(choice);
    expect(groupedBy(choice)).toBe('learning_rate');
    const plain = choiceOf({ by: 'anything', x: 'y' });
    expect(plain).toMatchObject({ runs: null, hidden: [], x: 'step', by: 'run', band: 'range', fold: [], text: '' });
    expect(groupedBy(plain)).toBeNull();
    expect(Object.values(paramsOf(plain)).filter(Boolean)).toEqual([]);
    expect(choiceOf({ runs: `x,${id('a')},<b>`, smooth: '7' })).toMatchObject({ runs: [id('a')], smoothing: 0 });
  });

  it('begins with what runs, else with the latest that printed numbers', () => {
    const run = (of: string, state: string, metrics = {}) =>
      ({ id: of, state, metrics, machineId: of }) as unknown as RunView;
    expect(preselected([run('c', 'succeeded', { loss: {} }), run('b', 'running'), run('a', 'stopping')], none)).toEqual(
      ['b', 'a'],
    );
    expect(preselected([run('c', 'failed'), run('b', 'succeeded', { loss: {} })], none)).toEqual(['b']);
    expect(preselected([], none)).toEqual([]);
    expect(
      preselected([run('c', 'running'), run('b', 'failed'), run('a', 'succeeded')], new Set(['a', 'c', 'gone'])),
    ).toEqual(['a', 'c']);
  });

  it('has one run for each machine, the latest', () => {
    const run = (of: string, machineId: string | null) => ({ id: of, machineId }) as unknown as RunView;
    expect(
      latestOfMachines([run('d', 'm'), run('c', 'n'), run('b', 'm'), run('a', null)]).map((latest) => latest.id),
    ).toEqual(['d', 'c']);
  });
});
