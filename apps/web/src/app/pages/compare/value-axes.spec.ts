import type { ParamValue, RunView } from '@mle/protocol';
import { brushed, brushedPlaces, brushesOf, brushText, keptOf } from './brushes';
import { valueAxes } from './value-axes';

const run = (knobs: Record<string, ParamValue>, loss: number | null): RunView =>
  ({
    knobs,
    params: {},
    args: [],
    seed: 0,
    metrics: { loss: { last: loss, min: loss, max: loss, step: 1 } },
    finals: {},
  }) as unknown as RunView;

const runs = [
  run({ rate: 0.05, kind: 'tanh', same: 1, hidden: 16 }, 0.3),
  run({ rate: 0.5, kind: 'tanh', same: 1, hidden: 16 }, 0.1),
  run({ rate: 5, kind: 'relu', same: 1, hidden: 8 }, null),
];

describe('the axes of values', () => {
  const axes = valueAxes(runs, 2, ['loss', 'nothing']);

  it('are the knobs that differ, those that part the compared runs first, and the metrics', () => {
    expect(axes.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['rate', false],
      ['kind', false],
      ['hidden', false],
      ['loss', true],
    ]);
  });

  it('put equal ratios equally far apart where values are wide, words in order, and nan nowhere', () => {
    const [rate, kind, hidden, loss] = axes;
    expect(rate?.stops.map(({ at }) => at)).toEqual([0, expect.closeTo(0.5), 1]);
    expect(kind?.stops.map(({ text, at }) => [text, at])).toEqual([
      ['relu', 0],
      ['tanh', 1],
    ]);
    expect(hidden?.of.map((stop) => stop?.at)).toEqual([1, 1, 0]);
    expect(loss?.of.map((stop) => stop?.at ?? null)).toEqual([1, 0, null]);
  });

  it('name both ends, and what is between where it has room', () => {
    const many = valueAxes(
      [1, 2, 3, 4, 5, 6, 7, 8].map((hidden) => run({ hidden }, 1)),
      2,
      [],
    );
    expect(many[0]?.ticks.map(({ text }) => text)).toEqual(['1', '8']);
    const near = valueAxes(
      [0, 1, 50, 100].map((hidden) => run({ hidden }, 1)),
      2,
      [],
    );
    expect(near[0]?.ticks.map(({ text }) => text)).toEqual(['0', '50', '100']);
  });

  it('are no more than a person can see through', () => {
    const wide = (value: number) =>
      run(Object.fromEntries('a b c d e f g h i j'.split(' ').map((name) => [name, value])), 1);
    expect(valueAxes([wide(1), wide(2)], 2, ['loss'])).toHaveLength(7);
    const words = Array.from({ length: 13 }, (_, i) => run({ name: `n${i}` }, i));
    expect(valueAxes(words, 13, []).map(({ name }) => name)).toEqual([]);
  });
});

describe('what is brushed', () => {
  const axes = valueAxes(runs, 2, ['loss']);
  const [rate, , , loss] = axes;
  if (!rate || !loss) throw new Error('No axes.');

  it('keeps the runs that lie within all of it', () => {
    const low = brushed(new Map(), rate, 0, 1);
    expect(keptOf(axes, low, 3)).toEqual([true, true, false]);
    expect(keptOf(axes, brushed(low, loss, 0, 0), 3)).toEqual([false, true, false]);
    expect(keptOf(axes, new Map(), 3)).toEqual([true, true, true]);
  });

  it('is nothing where the whole axis is kept', () => {
    expect(brushed(brushed(new Map(), rate, 1, 1), rate, 0, 2).size).toBe(0);
  });

  it('comes back from the address, with any names', () => {
    const brushes = new Map([
      ['a:b,c', ['−1', 'x,y:z'] as const],
      ['rate', ['0.05', '0.5'] as const],
    ]);
    expect([...brushesOf(brushText(brushes))]).toEqual([...brushes]);
    expect(brushedPlaces(rate, brushesOf('rate:0.05:0.5'))).toEqual([0, 1]);
    expect(brushedPlaces(rate, brushesOf('rate:7:0.5'))).toEqual([0, 2]);
    expect(brushesOf('%E0%A4%A:1,').size).toBe(0);
  });
});
