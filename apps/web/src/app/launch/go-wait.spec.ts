import { waitForPlace } from './go-wait';

const running = (expectedMs: number | null, ranMs: number) => ({ expectedMs, ranMs });
const waiting = (expectedMs: number) => ({ expectedMs, ranMs: null });

describe('waitForPlace', () => {
  it('is what is left of the run that is there, and all of those that wait', () => {
    expect(waitForPlace([running(20_000, 13_000)], 1)).toBe(7_000);
    expect(waitForPlace([running(20_000, 13_000), waiting(20_000)], 1)).toBe(27_000);
    expect(waitForPlace([running(20_000, 30_000)], 1)).toBe(0);
  });

  it('gives each that waits the place that is free first', () => {
    expect(waitForPlace([running(20_000, 13_000), running(9_000, 0), waiting(5_000)], 2)).toBe(9_000);
    expect(waitForPlace([running(20_000, 0)], 2)).toBe(0);
  });

  it('is not known where one of them never ran before', () => {
    expect(waitForPlace([running(null, 5_000)], 1)).toBeNull();
  });
});
