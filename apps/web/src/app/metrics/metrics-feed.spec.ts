import { signal } from '@angular/core';
import { jest } from '@jest/globals';
import type { MetricList, MetricSeries, MetricUpdate } from '@mle/protocol';
import type { EventsSocket } from '../core/events-socket';
import { Lanes } from '../core/lanes';
import { append } from './feed-series';
import type { MetricsApi } from './metrics-api';
import { MetricsFeed } from './metrics-feed';

const points = (from: number, to: number) => {
  const x = Array.from({ length: to - from }, (_, i) => from + i);
  return { x, y: x.map((value) => value / 2), time: x };
};
const series = (to: number): MetricSeries => ({ name: 'loss', axis: 'step', count: to, ...points(0, to) });
const part = (first: number, count: number) => ({
  name: 'loss',
  axis: 'step' as const,
  first,
  count,
  ...points(first, count),
});

describe('new points', () => {
  it('are appended once, however they overlap with what is known', () => {
    expect(append(series(3), part(3, 5))).toEqual(series(5));
    expect(append(series(3), part(1, 5))).toEqual(series(5));
    expect(append(series(3), part(0, 3))).toEqual(series(3));
    expect(append(undefined, part(0, 2))).toEqual(series(2));
  });

  it('are asked for when some were missed, or came thinned out', () => {
    expect(append(series(3), part(4, 5))).toBeNull();
    expect(append(undefined, part(1, 2))).toBeNull();
    expect(append(series(3), { ...part(2, 9), x: [2, 8], y: [1, 4], time: [2, 8] })).toBeNull();
    expect(append(series(5_999), part(5_999, 6_100))).toBeNull();
  });
});

describe('the feed of a run', () => {
  function setUp() {
    const listeners = new Map<string, (update: MetricUpdate) => void>();
    const answers: ((list: MetricList) => void)[] = [];
    const unwatched: string[] = [];
    const events = {
      on: (event: string, listener: (update: MetricUpdate) => void) => (
        listeners.set(event, listener),
        () => listeners.delete(event)
      ),
      watchMetrics: () => Promise.resolve({ ok: true, attempt: 1 }),
      unwatchMetrics: (id: string) => unwatched.push(id),
      connected: signal(true),
    } as unknown as EventsSocket;
    const api = { metrics: () => new Promise<MetricList>((resolve) => answers.push(resolve)) } as unknown as MetricsApi;
    const feed = new MetricsFeed('r', events, api, new Lanes(1));
    const settle = () => new Promise((resolve) => setTimeout(resolve));
    return {
      feed,
      answers,
      unwatched,
      settle,
      tell: (...parts: MetricUpdate['series']) => listeners.get('metrics')?.({ runId: 'r', attempt: 1, series: parts }),
    };
  }
  const list = (to: number): MetricList => ({ attempt: 1, series: [series(to)], sampled: false, dropped: 0 });

  it('neither loses nor doubles what comes while it asks', async () => {
    const { feed, answers, settle, tell } = setUp();
    feed.open();
    await settle();
    tell(part(0, 4));
    tell(part(4, 6));
    answers[0]?.(list(4));
    await settle();
    expect(feed.status()).toBe('ready');
    expect(feed.series()).toEqual([series(6)]);
    expect(answers).toHaveLength(1);
  });

  it('asks for all again after a gap', async () => {
    const { feed, answers, settle, tell } = setUp();
    feed.open();
    await settle();
    answers[0]?.(list(2));
    await settle();
    tell(part(5, 6));
    await settle();
    answers[1]?.(list(6));
    await settle();
    expect(feed.series()).toEqual([series(6)]);
  });

  it('stops when its last reader leaves', async () => {
    const { feed, answers, unwatched, settle, tell } = setUp();
    feed.open();
    feed.open();
    await settle();
    answers[0]?.(list(2));
    await settle();
    feed.close();
    tell(part(2, 3));
    expect([feed.series()[0]?.count, unwatched]).toEqual([3, []]);
    feed.close();
    tell(part(3, 4));
    expect([feed.series()[0]?.count, unwatched]).toEqual([3, ['r']]);
  });

  it('asks again, ever more seldom, while lines are still read for numbers', async () => {
    jest.useFakeTimers();
    const { feed, answers } = setUp();
    feed.open();
    await jest.advanceTimersByTimeAsync(0);
    answers[0]?.({ ...list(1), sampled: true });
    await jest.advanceTimersByTimeAsync(2_000);
    expect([answers.length, feed.sampled()]).toEqual([2, true]);
    answers[1]?.({ ...list(2), sampled: true });
    await jest.advanceTimersByTimeAsync(2_000);
    expect(answers).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(2_000);
    answers[2]?.(list(3));
    await jest.advanceTimersByTimeAsync(600_000);
    expect([answers.length, feed.sampled()]).toEqual([3, false]);
    jest.useRealTimers();
  });
});
