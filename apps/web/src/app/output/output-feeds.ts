import { effect, inject, Injectable, untracked } from '@angular/core';
import { EventsSocket } from '../core/events-socket';
import { OutputApi } from './output-api';
import { type EndedAttempt, OutputFeed } from './output-feed';

const KEPT = 6;

/** The feeds of the runs that were looked at last: going back to one shows its output at once. */
@Injectable({ providedIn: 'root' })
export class OutputFeeds {
  private readonly events = inject(EventsSocket);
  private readonly api = inject(OutputApi);
  private readonly feeds = new Map<string, OutputFeed>();

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
  get(runId: string, ended: EndedAttempt | null = null): OutputFeed {
    const key = `${runId}-${ended?.n ?? 'live'}`;
    const feed = this.feeds.get(key) ?? new OutputFeed(runId, this.events, this.api, ended);
    this.feeds.delete(key);
    this.feeds.set(key, feed);
    for (const id of [...this.feeds.keys()].slice(0, -KEPT)) this.feeds.delete(id);
    return feed;
  }
}
