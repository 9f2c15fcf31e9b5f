import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import type { RunView } from '@mle/protocol';
import { liveArtifacts } from '../artifacts/live-artifacts';
import { pictureAt, pictureSeries } from '../artifacts/picture-series';
import { RunPicture } from '../artifacts/run-picture';
import { MetricsFeeds } from '../metrics/metrics-feeds';
import { endNames } from '../runs/change-words';
import { Icon } from '../ui/icon';

/** The pictures that a run writes, the newest first of all, and those of the run before at the same step. */
@Component({
  selector: 'mle-live-pictures',
  imports: [Icon, RunPicture],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[hidden]': 'series() === null', '[class.enlarged]': 'enlarged()' },
  templateUrl: './live-pictures.html',
  styleUrl: './live-pictures.scss',
})
export class LivePictures {
  readonly run = input.required<RunView>();
  private readonly feeds = inject(MetricsFeeds);
  private readonly id = computed(() => this.run().id);
  private readonly beforeId = computed(() => this.run().before?.id ?? null);
  private readonly artifacts = liveArtifacts(this.id);
  private readonly artifactsBefore = liveArtifacts(this.beforeId);
  private readonly allBefore = computed(() => pictureSeries(this.artifactsBefore()));
  /** Until the run has written one, the place of those of the run before is kept for it. */
  private readonly all = computed(() => {
    const own = pictureSeries(this.artifacts());
    return own.length > 0 ? own : this.allBefore().map(({ name }) => ({ name, pictures: [] }));
  });
  protected readonly picked = signal<string | null>(null);
  protected readonly names = computed(() => this.all().map(({ name }) => name));
  protected readonly series = computed(
    () => this.all().find(({ name }) => name === this.picked()) ?? this.all()[0] ?? null,
  );
  /** Place in the series; null follows the newest. */
  protected readonly moved = signal<number | null>(null);
  protected readonly last = computed(() => (this.series()?.pictures.length ?? 0) - 1);
  protected readonly place = computed(() => Math.min(this.moved() ?? Infinity, this.last()));
  protected readonly now = computed(() => this.series()?.pictures[this.place()] ?? null);
  protected readonly beside = signal(false);
  protected readonly enlarged = signal(false);
  protected readonly endNames = computed(() => endNames(this.run()));
  /** That of the run before, at the same step or the nearest before it. */
  protected readonly before = computed(() => {
    const [series, now] = [this.allBefore().find(({ name }) => name === this.series()?.name), this.now()];
    return series && now ? pictureAt(series, now.step) : null;
  });
  /** What a step counts: what x of its curves does. */
  protected readonly axis = computed(() => this.feeds.get(this.id()).series()[0]?.axis ?? 'step');

  constructor() {
    effect(() => {
      this.id();
      untracked(() => this.moved.set(null));
    });
  }

  protected move(to: number): void {
    const place = Math.max(0, Math.min(this.last(), to));
    this.moved.set(place === this.last() ? null : place);
  }

  /** Its name without the ending. */
  protected readonly titleOf = (name: string): string => name.replace(/\.[^./]+$/, '');
}
