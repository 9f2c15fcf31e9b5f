import type { MetricSeries } from '@mle/protocol';
import { runPart } from './run-progress';

const series = (name: string, x: number[], axis: 'epoch' | 'step' = 'epoch'): MetricSeries => ({
  name,
  axis,
  x,
  y: x.map(() => 1),
  time: x.map((_, i) => i * 500),
  count: x.length,
});

describe('runPart', () => {
  it('counts by the knob or the parameter of its axis', () => {
    const part = runPart({ knobs: { epochs: 40 }, params: {} }, [series('loss', [1, 2, 3])], []);
    expect(part).toEqual({ axis: 'epoch', at: 3, of: 40, leftMs: 18_500 });
    expect(runPart({ knobs: { epochs: 40 }, params: { epochs: 5 } }, [series('loss', [1, 2, 3])], [])?.of).toBe(5);
    expect(runPart({ knobs: { epochs: 40 }, params: {} }, [series('loss', [0, 1])], [])?.of).toBe(39);
  });

  it('else by where the run before ended, unless it goes beyond that', () => {
    const before = [series('loss', [1, 20])];
    expect(runPart({ knobs: {}, params: {} }, [series('loss', [1, 2])], before)?.of).toBe(20);
    expect(runPart({ knobs: {}, params: {} }, [series('loss', [1, 21])], before)).toEqual({
      axis: 'epoch',
      at: 21,
      of: null,
      leftMs: null,
    });
  });

  it('says nothing before the first number, and no time before the second', () => {
    expect(runPart({ knobs: { epochs: 40 }, params: {} }, [], [])).toBeNull();
    expect(runPart({ knobs: { epochs: 40 }, params: {} }, [series('loss', [1])], [])).toEqual({
      axis: 'epoch',
      at: 1,
      of: 40,
      leftMs: null,
    });
  });
});
