import { downsample } from './downsample.js';

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

  it.each([
    ['that only grow', (i: number) => i],
    ['that begin again and again', (i: number) => i % 700],
    ['that go back', (i: number) => -i],
    ['that stay', () => 3],
    ['that have gaps of any size', (i: number) => i ** 3],
  ])('end with the point that was printed last, at steps %s, however many are wanted', (_, step) => {
    for (const [count, most] of [
      [5_000, 16],
      [5_001, 100],
      [4_999, 2_000],
      [7_777, 7_776],
    ] as const) {
      const points = {
        x: Array.from({ length: count }, (__, i) => step(i)),
        y: Array.from({ length: count }, (__, i) => (i === count - 1 ? 0.5 : Math.sin(i))),
        time: Array.from({ length: count }, (__, i) => i),
      };
      expect(downsample(points, most).time.at(-1)).toBe(count - 1);
      points.y[count - 1] = Number.NaN;
      expect(downsample(points, most).time.at(-1)).toBe(count - 1);
    }
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
