import { effect, inject, Injectable, untracked } from '@angular/core';
import { EventsSocket } from '../core/events-socket';
import { Lanes } from '../core/lanes';
import { MetricsApi } from './metrics-api';
import { MetricsFeed } from './metrics-feed';

const KEPT = 24;
/** As many as a browser has lines to a server. */
const AT_ONCE = 6;

/**
 * One feed for each run, however many charts draw it; those looked at last are kept, so that going back shows them at
 * once.
 */
@Injectable({ providedIn: 'root' })
export class MetricsFeeds {
  private readonly events = inject(EventsSocket);
  private readonly api = inject(MetricsApi);
  private readonly lanes = new Lanes(AT_ONCE);
  private readonly feeds = new Map<string, MetricsFeed>();

  constructor() {
    let last = untracked(this.events.epoch);
    effect(() => {
      const epoch = this.events.epoch();
      // A feed reads by itself when it is opened.
      if (epoch === last) return;
      last = epoch;
      untracked(() => this.feeds.forEach((feed) => void feed.catchUp()));
    });
  }

  /** Without `ended`: the latest attempt, live. */
  get(runId: string, ended: number | null = null): MetricsFeed {
    const key = `${runId}-${ended ?? 'live'}`;
    const feed = this.feeds.get(key) ?? new MetricsFeed(runId, this.events, this.api, this.lanes, ended);
    this.feeds.delete(key);
    this.feeds.set(key, feed);
    const closed = [...this.feeds].filter(([id, { closed: unused }]) => unused && id !== key);
    for (const [id] of closed.slice(0, -KEPT)) this.feeds.delete(id);
    return feed;
  }
}
