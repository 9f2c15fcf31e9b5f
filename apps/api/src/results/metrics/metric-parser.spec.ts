import { LIMITS } from '@mle/protocol';
import { downsample } from './downsample.js';
import { MetricParser } from './metric-parser.js';
import { joinPoints, packPoints, unpackPoints } from './metric-points.js';
import { ReadBudget } from './read-budget.js';

const piece = (text: string, stream = 0, time = 5) => ({
  data: Buffer.from(text),
  segments: [[Buffer.byteLength(text), stream, time] as [number, number, number]],
});

describe('the points of an output', () => {
  it('are told apart by stream, and stamped by the piece that ends their line', () => {
    const parser = new MetricParser();
    parser.push(piece('#loss 1 ', 0, 10));
    parser.push(piece('#warn 1 7\n', 1, 11));
    parser.push(piece('#ours 1 1\n', 2, 11));
    parser.push(piece('0.5\n', 0, 12));
    expect(parser.take()).toEqual([
      { name: 'warn', axis: 'step', x: [1], y: [7], time: [11] },
      { name: 'loss', axis: 'step', x: [1], y: [0.5], time: [12] },
    ]);
    expect(parser.take()).toEqual([]);
  });

  it('keep one series of a number that is printed in two forms', () => {
    const parser = new MetricParser();
    parser.push(piece('#loss 1 0.5\nepoch 1 loss=0.5 accuracy=0.9\n'));
    expect(parser.take().map(({ name, x }) => [name, x.length])).toEqual([
      ['loss', 1],
      ['accuracy', 1],
    ]);
  });

  it('are summed up; what is not finite counts as the last alone', () => {
    const parser = new MetricParser();
    parser.push(piece('#a 1 3\n#a 2 -1\n#a 3 nan\n'));
    expect(parser.state.series).toEqual([
      { name: 'a', axis: 'step', form: 'explicit', count: 3, last: null, min: -1, max: 3, step: 3, low: 1, high: 3 },
    ]);
  });

  it('have limits that are counted', () => {
    const parser = new MetricParser();
    for (let i = 0; i < LIMITS.metricSeries + 3; i++) parser.push(piece(`#s${i} 1 1\n`));
    expect(parser.state.series).toHaveLength(LIMITS.metricSeries);
    expect(parser.state.dropped).toBe(3);
  });

  it('lack only whole lines when some are passed over', () => {
    const parser = new MetricParser();
    parser.push(piece('#a 1 1\n#a 2 '));
    parser.skip();
    parser.push(piece('2\n#a 3 3\n'));
    expect(parser.take()).toMatchObject([{ x: [1, 3], y: [1, 3] }]);
    expect(parser.state.sampled).toBe(true);
  });

  it('are the same after packing', () => {
    const series = [
      { name: 'a', axis: 'epoch' as const, x: [1, 2], y: [0.5, Number.NaN], time: [10, 11] },
      { name: 'b', axis: 'step' as const, x: [3], y: [Number.NEGATIVE_INFINITY], time: [12] },
    ];
    const { heads, data } = packPoints(series);
    const odd = Buffer.concat([Buffer.from('x'), data]).subarray(1);
    expect(unpackPoints(heads, odd)).toEqual(series);
    expect(joinPoints([series, series])[0]).toMatchObject({ name: 'a', x: [1, 2, 1, 2] });
  });
});

describe('fewer points', () => {
  const wave = (count: number) => ({
    x: Array.from({ length: count }, (_, i) => i),
    y: Array.from({ length: count }, (_, i) => Math.sin(i / 1000)),
    time: Array.from({ length: count }, (_, i) => i),
  });

  it('keep the first, the last, and every extremum, however narrow', () => {
    const points = wave(1_000_000);
    points.y[123_457] = 99;
    points.y[777_777] = -99;
    points.y[500_000] = Number.NaN;
    const few = downsample(points, 2_000);
    expect(few.x.length).toBeLessThanOrEqual(2_001);
    expect(few.x.length).toBeGreaterThan(500);
    expect([few.x[0], few.x.at(-1)]).toEqual([0, 999_999]);
    expect(few.x[few.y.indexOf(99)]).toBe(123_457);
    expect(few.x[few.y.indexOf(-99)]).toBe(777_777);
    expect(few.x[few.y.findIndex(Number.isNaN)]).toBe(500_000);
    expect(few.x).toEqual([...few.x].sort((a, b) => a - b));
    expect(downsample(points, 2_000)).toEqual(few);
  });

  it('are the old ones still where a series grew', () => {
    const before = downsample(wave(100_000), 1_000);
    const grown = downsample(wave(100_100), 1_000);
    expect(grown.x.slice(0, before.x.length - 8)).toEqual(before.x.slice(0, -8));
  });

  it('are all where there are few', () => {
    const back = { x: [3, 1, 2], y: [1, 2, 3], time: [1, 2, 3] };
    expect(downsample(back, 16)).toEqual(back);
  });

  it('bear that all have the same place', () => {
    const points = {
      x: Array.from({ length: 100 }, () => 7),
      y: Array.from({ length: 100 }, (_, i) => i),
      time: Array.from({ length: 100 }, () => 1),
    };
    expect(downsample(points, 16)).toEqual({ x: [7, 7], y: [0, 99], time: [1, 1] });
  });
});

describe('the budget', () => {
  it('allows a burst, then a tenth of the time', () => {
    let now = 0;
    const budget = new ReadBudget(100, () => now);
    const work = (ms: number) => budget.spend(() => (now += ms));
    work(90);
    expect(budget.left).toBe(true);
    work(40);
    expect(budget.left).toBe(false);
    now += 100;
    expect(budget.left).toBe(false);
    now += 200;
    expect(budget.left).toBe(true);
  });

  it('owes a second at the most, however long one piece took', () => {
    let now = 0;
    const budget = new ReadBudget(100, () => now);
    budget.spend(() => (now += 60_000));
    expect(budget.left).toBe(false);
    now += 1_010;
    expect(budget.left).toBe(true);
  });
});
