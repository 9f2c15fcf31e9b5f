import { jest } from '@jest/globals';
import { Pacer } from './pacer';

describe('Pacer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('hands on the first at once, and what comes meanwhile together', () => {
    const taken: number[][] = [];
    const pacer = new Pacer<number>(250, (items) => taken.push(items));
    pacer.push(1);
    expect(taken).toEqual([[1]]);
    for (let i = 2; i <= 100; i++) {
      pacer.push(i);
      jest.advanceTimersByTime(10);
    }
    expect(taken.map((items) => items.length)).toEqual([1, 25, 25, 25]);
    jest.advanceTimersByTime(250);
    expect(taken.flat()).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    jest.advanceTimersByTime(1000);
    pacer.push(101);
    expect(taken.at(-1)).toEqual([101]);
  });

  it('keeps the order when it is flushed', () => {
    const taken: number[][] = [];
    const pacer = new Pacer<number>(250, (items) => taken.push(items));
    [1, 2, 3].forEach((item) => pacer.push(item));
    pacer.flush();
    jest.advanceTimersByTime(1000);
    expect(taken).toEqual([[1], [2, 3]]);
  });
});
