import { effect, inject, Injectable, untracked } from '@angular/core';
import { EventsSocket } from '../core/events-socket';
import { MetricsApi } from './metrics-api';
import { MetricsFeed } from './metrics-feed';

const KEPT = 24;

/**
 * One feed for each run, however many charts draw it; those looked at last are kept, so that going back shows them at
 * once.
 */
@Injectable({ providedIn: 'root' })
export class MetricsFeeds {
  private readonly events = inject(EventsSocket);
  private readonly api = inject(MetricsApi);
  private readonly feeds = new Map<string, MetricsFeed>();

  constructor() {
    effect(() => {
      this.events.epoch();
      untracked(() => this.feeds.forEach((feed) => void feed.catchUp()));
    });
  }

  /** Without `ended`: the latest attempt, live. */
  get(runId: string, ended: number | null = null): MetricsFeed {
    const key = `${runId}-${ended ?? 'live'}`;
    const feed = this.feeds.get(key) ?? new MetricsFeed(runId, this.events, this.api, ended);
    this.feeds.delete(key);
    this.feeds.set(key, feed);
    const closed = [...this.feeds].filter(([id, { closed: unused }]) => unused && id !== key);
    for (const [id] of closed.slice(0, -KEPT)) this.feeds.delete(id);
    return feed;
  }
}
