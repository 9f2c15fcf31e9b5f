import { MOST_SAMPLES, ResourceHistory } from './resource-history.js';

describe('the history of resources', () => {
  it('keeps each sample of a short run, and knows what was not sampled', () => {
    const history = new ResourceHistory();
    history.add(1, { cpu: 0.5 });
    history.add(2, { cpu: 0.25, gpu: 1 });
    expect(history.state).toEqual({ stride: 1, times: [1, 2], columns: { cpu: [0.5, 0.25], gpu: [Number.NaN, 1] } });
  });

  it('stays bounded in a long run: memory keeps its peak, what flows its mean', () => {
    let history = new ResourceHistory();
    const samples = 5 * MOST_SAMPLES;
    for (let i = 0; i < samples; i++) {
      history.add(i, { cpu: i % 2, runMemory: i === 4_321 ? 1000 : 10 });
      // Another process goes on with what is stored.
      if (i === 3 * MOST_SAMPLES) history = new ResourceHistory(history.state);
    }
    const { times, columns, stride } = history.state;
    expect(times.length).toBeLessThanOrEqual(MOST_SAMPLES);
    expect(times.length).toBeGreaterThan(MOST_SAMPLES / 2);
    expect(stride).toBe(4 * 2);
    expect([times[0], samples - (times.at(-1) ?? 0) <= 2 * stride]).toEqual([0, true]);
    expect(Math.max(...(columns.runMemory ?? []))).toBe(1000);
    for (const value of columns.cpu ?? []) expect(value).toBeCloseTo(0.5);
  });
});
