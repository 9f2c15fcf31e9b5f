import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
} from '@angular/core';
import type { MetricSeries, RunView } from '@mle/protocol';
import { isActive } from '../core/protocol-values';
import { endNames } from '../runs/change-words';
import type { ChartLine } from './chart-data';
import { ChartGroup } from './chart-group';
import { MetricChart } from './metric-chart';
import { mainFamily, metricFamilies } from './metric-families';
import type { MetricsFeed } from './metrics-feed';
import { MetricsFeeds } from './metrics-feeds';
import { colourOf, SeriesSlots } from './series-slots';

/** A run's curves while it runs: training and validation together, the run before in grey. */
@Component({
  selector: 'mle-live-chart',
  imports: [MetricChart],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[hidden]': 'family() === null', '[class.enlarged]': 'group.enlarged() !== null' },
  template: `
    @if (family(); as shown) {
      <mle-metric-chart
        [title]="shown.name"
        [named]="false"
        [legend]="false"
        [lines]="lines()"
        [axis]="axis()"
        [group]="group"
        (pointChosen)="choose($event)"
      >
        <label class="which"
          ><span class="sr">Chart</span>
          <select #which (change)="picked.set(which.value)">
            @for (one of families(); track one.name) {
              <option [value]="one.name" [selected]="one === shown">
                {{ one.name }}
              </option>
            }
          </select>
        </label>
        @if (shown.members.length > 1) {
          <ul class="key" aria-label="Lines" [style.--line]="colour()">
            @for (member of shown.members; track member.name) {
              <li class="cut" [class.held]="member.held">{{ member.name }}</li>
            }
          </ul>
        } @else {
          <span class="key"></span>
        }
      </mle-metric-chart>
    }
  `,
  styleUrl: './live-chart.scss',
})
export class LiveChart {
  readonly run = input.required<RunView>();
  /** A point of this run was chosen. */
  readonly pointChosen = output<{ x: number; y: number; time: number }>();
  private readonly feeds = inject(MetricsFeeds);
  private readonly slots = inject(SeriesSlots);
  private readonly id = computed(() => this.run().id);
  private readonly beforeId = computed(() => this.run().before?.id ?? null);
  private readonly feed = signal<MetricsFeed | null>(null);
  private readonly feedBefore = signal<MetricsFeed | null>(null);
  protected readonly group = new ChartGroup();
  protected readonly picked = signal<string | null>(null);
  protected readonly colour = computed(() => `var(${colourOf(this.slots.of(this.id()))})`);
  private readonly series = computed(() => byName(this.feed()));
  private readonly seriesBefore = computed(() => byName(this.feedBefore()));
  /** Those of the run before too: the chart is in its place before the first number comes. */
  private readonly names = computed(() => [...new Set([...this.series().keys(), ...this.seriesBefore().keys()])], {
    equal: sameList,
  });
  protected readonly families = computed(() => metricFamilies(this.names()));
  protected readonly family = computed(
    () => this.families().find(({ name }) => name === this.picked()) ?? mainFamily(this.families()),
  );
  protected readonly axis = computed(() => {
    const name = this.family()?.members[0]?.name ?? '';
    return (this.series().get(name) ?? this.seriesBefore().get(name))?.axis ?? 'step';
  });
  protected readonly lines = computed(() => {
    const run = this.run();
    const names = endNames(run);
    const members = this.family()?.members ?? [];
    const slot = this.slots.of(run.id);
    const line = (of: MetricSeries | undefined, held: boolean, before: boolean, ending: string): ChartLine[] =>
      !of || of.x.length === 0
        ? []
        : [
            {
              id: `${before ? 'before' : 'now'} ${of.name}`,
              label: before ? `${of.name} of #${run.before?.number ?? ''}` : of.name,
              slot,
              x: of.x,
              y: of.y,
              live: !before && isActive(run.state),
              before,
              held,
              ending,
            },
          ];
    return [
      ...members.flatMap(({ name, held }, i) =>
        line(this.seriesBefore().get(name), held, true, i === 0 ? names.before : ''),
      ),
      ...members.flatMap(({ name, held }, i) => line(this.series().get(name), held, false, i === 0 ? names.now : '')),
    ];
  });

  constructor() {
    this.follow(this.id, this.feed);
    this.follow(this.beforeId, this.feedBefore);
    effect(() => {
      const id = this.id();
      untracked(() => {
        this.slots.claim([id]);
        this.group.zoom.set(null);
      });
    });
  }

  protected choose({ id, x, y }: { id: string; x: number; y: number }): void {
    const series = this.series().get(id.replace(/^now /, ''));
    if (!series) return;
    // Of several points at one place the one that was drawn there.
    const at = series.x
      .map((place, i) => ({ i, away: place === x ? Math.abs((series.y[i] ?? Infinity) - y) : Infinity }))
      .reduce((best, one) => (one.away < best.away ? one : best), { i: -1, away: Infinity });
    const value = series.y[at.i] ?? null;
    if (value !== null) this.pointChosen.emit({ x, y: value, time: series.time[at.i] ?? 0 });
  }

  private follow(id: () => string | null, into: typeof this.feed): void {
    effect((onCleanup) => {
      const wanted = id();
      const feed = wanted === null ? null : this.feeds.get(wanted);
      untracked(() => {
        feed?.open();
        into.set(feed);
      });
      onCleanup(() => feed?.close());
    });
  }
}

const byName = (feed: MetricsFeed | null): ReadonlyMap<string, MetricSeries> =>
  new Map((feed?.series() ?? []).map((series) => [series.name, series]));

const sameList = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') === b.join('\n');
