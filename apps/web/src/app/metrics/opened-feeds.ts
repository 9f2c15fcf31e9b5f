import { effect, inject, type Signal, signal, untracked } from '@angular/core';
import type { MetricsFeed } from './metrics-feed';
import { MetricsFeeds } from './metrics-feeds';
import { SeriesSlots } from './series-slots';

/**
 * The numbers of the runs whose ids `ids` has, joined by commas, as long as the component lives; each run gets a colour.
 * A text, so that a change of a run's numbers opens no feed anew.
 */
export function openedFeeds(ids: Signal<string>): Signal<readonly MetricsFeed[]> {
  const feeds = inject(MetricsFeeds);
  const slots = inject(SeriesSlots);
  const opened = signal<readonly MetricsFeed[]>([]);
  effect((onCleanup) => {
    const wanted = ids().split(',').filter(Boolean);
    const all = untracked(() => {
      slots.claim(wanted);
      const found = wanted.map((id) => feeds.get(id));
      found.forEach((feed) => feed.open());
      opened.set(found);
      return found;
    });
    onCleanup(() => all.forEach((feed) => feed.close()));
  });
  return opened.asReadonly();
}
