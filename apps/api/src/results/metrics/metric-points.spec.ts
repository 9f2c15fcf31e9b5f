import { joinPoints, packPoints, storedPoints, unpackPoints } from './metric-points.js';

describe('points', () => {
  it('are the same after packing', () => {
    const series = storedPoints([
      { name: 'a', axis: 'epoch' as const, x: [1, 2], y: [0.5, Number.NaN], time: [10, 11] },
      { name: 'b', axis: 'step' as const, x: [3], y: [Number.NEGATIVE_INFINITY], time: [12] },
    ]);
    const { heads, data } = packPoints(series);
    const odd = Buffer.concat([Buffer.from('x'), data]).subarray(1);
    expect(unpackPoints(heads, odd)).toEqual(series);
    expect(joinPoints([series, series])[0]).toMatchObject({ name: 'a', x: Float64Array.of(1, 2, 1, 2) });
  });
});
