import { meanBand } from './mean-band';

describe('meanBand', () => {
  it('has the mean and the range at each place, of the lines that are there', () => {
    expect(
      meanBand([
        { x: [1, 2, 3], y: [1, 2, 3] },
        { x: [1, 2], y: [3, 6] },
      ]),
    ).toEqual({ x: [1, 2, 3], y: [2, 4, 3], low: [1, 2, 3], high: [3, 6, 3] });
  });

  it('has the standard deviation of a sample on request', () => {
    const { y, low, high } = meanBand(
      [
        { x: [1, 2], y: [1, 4] },
        { x: [1], y: [3] },
      ],
      'sd',
    );
    expect([y, low[0], high[0], low[1], high[1]]).toEqual([[2, 4], 2 - Math.SQRT2, 2 + Math.SQRT2, 4, 4]);
  });

  it('has a gap where no line has a number, and the last of several at one place', () => {
    expect(meanBand([{ x: [2, 1, 1], y: [null, 4, 5] }])).toEqual({
      x: [1, 2],
      y: [5, null],
      low: [5, null],
      high: [5, null],
    });
    expect(meanBand([]).x).toEqual([]);
  });
});
