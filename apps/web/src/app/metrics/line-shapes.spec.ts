import type { ChartLine } from './chart-data';
import { named, sectionsOf } from './chart-sections';
import { bestSoFar, onCommonGrid, robustRange } from './line-shapes';

const line = (x: number[], y: (number | null)[]): ChartLine => ({ id: 'a', label: '#1', slot: 0, x, y, live: false });

describe('shapes of a line', () => {
  it('are the best so far', () => {
    expect(bestSoFar(line([1, 2, 3, 4], [3, null, 4, 2]), 'lower').y).toEqual([3, 3, 3, 2]);
    expect(bestSoFar(line([2, 1], [5, 3]), 'higher')).toMatchObject({ x: [1, 2], y: [3, 5] });
  });

  it('have a range without outliers', () => {
    const values = Array.from({ length: 100 }, (_, i) => i);
    const [low, high] = robustRange([{ y: [...values, 1e9, null] }]) ?? [0, 0];
    expect([low, high]).toEqual([expect.closeTo(2 - 9.6, 5), expect.closeTo(98 + 9.6, 5)]);
    expect(robustRange([{ y: [1, 1, null] }])).toBeNull();
    expect(robustRange([])).toBeNull();
  });

  it('keep every extremum on a common grid, and few places', () => {
    const x = Array.from({ length: 10_000 }, (_, i) => i);
    const lines = Array.from({ length: 5 }, (_, of) =>
      line(
        x.map((place) => place + of / 10),
        x.map((i) => (i === 5_003 ? 99 : i === 7_001 ? -9 : i % 2)),
      ),
    );
    const drawn = onCommonGrid(lines);
    expect(new Set(drawn.flatMap((each) => each.x)).size).toBeLessThanOrEqual(800);
    for (const { y } of drawn) expect([Math.max(...y.map(Number)), Math.min(...y.map(Number))]).toEqual([99, -9]);
    expect(onCommonGrid(lines.slice(1))).toHaveLength(4);
    expect(onCommonGrid(lines.slice(1))[0]).toBe(lines[1]);
  });
});

describe('sections of charts', () => {
  const charts = ['loss', 'layer0/w', 'val_loss', 'layer1/w', 'layer0/u'].map((name) => ({ name }));

  it('are prefixes', () => {
    expect(sectionsOf(charts).map((section) => [section.prefix, ...section.charts.map(({ name }) => name)])).toEqual([
      ['', 'loss', 'val_loss'],
      ['layer0/', 'layer0/w', 'layer0/u'],
      ['layer1/', 'layer1/w'],
    ]);
  });

  it('are searched by name', () => {
    expect(named(charts, ' LOSS').map(({ name }) => name)).toEqual(['loss', 'val_loss']);
    expect(named(charts, '')).toHaveLength(5);
  });
});
