import { smallCurve } from './small-curve';

describe('a small curve', () => {
  it('fills its box from the first place to the last, the highest value at the top', () => {
    expect(smallCurve({ x: [1, 2, 3], y: [4, 0, 2] }, 60, 10)).toBe('M0.0 0.0L30.0 10.0L60.0 5.0');
    expect(smallCurve({ x: [3, 1], y: [0, 1] }, 60, 10)).toBe('M0.0 0.0L60.0 10.0');
  });

  it('is parted by what is no number, and level where nothing changes', () => {
    expect(smallCurve({ x: [0, 1, 2, 3], y: [1, 1, null, 1] }, 30, 10)).toBe('M0.0 5.0L10.0 5.0M30.0 5.0');
    expect(smallCurve({ x: [0, 1], y: [1, null] }, 30, 10)).toBe('');
    expect(smallCurve({ x: [2, 2], y: [1, 3] }, 30, 10)).toBe('M0.0 10.0L0.0 0.0');
  });
});
