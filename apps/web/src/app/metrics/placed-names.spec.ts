import { placeNames } from './placed-names';

const topsOf = (tops: readonly number[], from = 0, to = 100) =>
  placeNames(tops, from, to, 10).names.map(({ at, top }) => [at, top]);

describe('names at the ends of lines', () => {
  it('stand at their lines where they have room', () => {
    expect(topsOf([50, 20])).toEqual([
      [1, 20],
      [0, 50],
    ]);
  });

  it('move down where they would cover one another, and up again where that would leave the chart', () => {
    expect(topsOf([50, 52, 51])).toEqual([
      [0, 50],
      [2, 60],
      [1, 70],
    ]);
    expect(topsOf([99, 98, 100])).toEqual([
      [1, 80],
      [0, 90],
      [2, 100],
    ]);
    expect(topsOf([-40, 400])).toEqual([
      [0, 0],
      [1, 100],
    ]);
  });

  it('are as many as have room, the highest and the lowest among them, and the rest is counted', () => {
    const tops = Array.from({ length: 9 }, (_, i) => i * 2);
    const { names, more } = placeNames(tops, 0, 30, 10);
    expect(names.map(({ at }) => at)).toEqual([0, 4, 8]);
    expect(names.map(({ top }) => top)).toEqual([0, 10, 20]);
    expect(more).toBe(6);
    expect(placeNames([1, 2, 3], 0, 0, 10)).toEqual({ names: [], more: 3 });
  });
});
