import { ChangeDetectionStrategy, Component, computed, effect, inject, input, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { shownNumber } from '@mle/protocol/shown-number';
import { elapsed } from '../core/format';
import { isActive } from '../core/protocol-values';
import { Icon } from '../ui/icon';
import { LoadFailure } from '../ui/load-failure';
import { short } from './chart-data';
import { ChartGroup } from './chart-group';
import { MetricChart } from './metric-chart';
import { chartsOf, type MetricLines } from './metric-lines';
import { MetricsFeeds } from './metrics-feeds';
import { SampleLine } from './sample-line';
import { SeriesSlots } from './series-slots';

/** The charts of one run, one below the other or in columns where there is room. */
@Component({
  selector: 'mle-run-charts',
  imports: [Icon, LoadFailure, MetricChart, RouterLink, SampleLine],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (feed().status() === 'error') {
      <mle-load-failure what="The charts" [text]="feed().error()" (again)="feed().catchUp()" />
    } @else if (feed().status() === 'loading') {
      <div class="wait" aria-hidden="true"><span class="skeleton"></span><span class="skeleton"></span></div>
    } @else if (charts().length === 0 && finals().length === 0) {
      <div class="empty">
        <mle-icon name="chart" />
        <h3>{{ live() ? 'No numbers yet' : 'No numbers were printed' }}</h3>
        <p>Print a line like this one, and its chart grows here:</p>
        <mle-sample-line [file]="run().file" />
      </div>
    } @else {
      @if (feed().sampled() || feed().dropped() > 0) {
        <p class="remark">{{ remark() }}</p>
      }
      @if (finals().length > 0) {
        <dl class="finals" aria-label="Final values">
          @for (final of finals(); track final.name) {
            <div>
              <dt class="cut" [title]="final.name">{{ final.name }}</dt>
              <dd>{{ final.value }}</dd>
            </div>
          }
        </dl>
      }
      <div class="charts">
        @for (chart of charts(); track chart.name) {
          <mle-metric-chart
            [title]="chart.name"
            [note]="note(chart)"
            [lines]="chart.lines"
            [axis]="chart.axis"
            [group]="group"
            [legend]="false"
          />
        }
      </div>
      <p class="foot">
        <a routerLink="/graphs" [queryParams]="{ runs: run().id }"
          ><mle-icon name="expand" />Compare on the Graphs page</a
        >
      </p>
    }
  `,
  styles: `
    :host {
      display: block;
      container-type: inline-size;
    }
    :host:has(.enlarged) {
      display: flex;
      flex-direction: column;
      height: 100%;
    }
    .finals {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
      gap: 8px 16px;
      margin: 0;
      padding: 12px;
      border-bottom: 1px solid var(--border);
      dt {
        color: var(--text-muted);
        font: var(--text-12);
      }
      dd {
        margin: 0;
        font-variant-numeric: tabular-nums;
      }
    }
    .charts {
      display: grid;
      grid-template-columns: 1fr;
    }
    mle-metric-chart {
      height: 230px;
      border-right: 1px solid var(--border);
      border-bottom: 1px solid var(--border);
    }
    @container (min-width: 640px) {
      .charts {
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr));
        // Four stand two by two.
        &:has(> :nth-child(4):last-child) {
          grid-template-columns: 1fr 1fr;
        }
      }
      mle-metric-chart {
        height: 280px;
      }
    }
    // Above the output of a phone there is room for one; the others have their tab.
    @media (max-width: 719px) {
      :host(.beside) {
        mle-metric-chart {
          height: 150px;
        }
        mle-metric-chart:not(:first-child),
        .foot {
          display: none;
        }
      }
    }
    .remark {
      padding: 8px 12px 0;
      font: var(--text-12);
      color: var(--warning);
    }
    .foot {
      padding: 8px 12px;
      font: var(--text-12);
      a {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        min-height: 24px;
      }
    }
    .wait {
      display: grid;
      gap: 16px;
      padding: 16px 12px;
      .skeleton {
        width: 100%;
        height: 180px;
      }
    }
  `,
})
export class RunCharts {
  readonly run = input.required<RunView>();
  /** An earlier attempt, or null for the latest. */
  readonly attempt = input<number | null>(null);
  private readonly feeds = inject(MetricsFeeds);
  private readonly slots = inject(SeriesSlots);
  private readonly id = computed(() => this.run().id);
  protected readonly group = new ChartGroup();
  protected readonly feed = computed(() => this.feeds.get(this.id(), this.attempt()));
  private readonly feedBefore = computed(() => {
    const { before } = this.run();
    return before && this.attempt() === null ? this.feeds.get(before.id) : null;
  });
  protected readonly live = computed(() => this.attempt() === null && isActive(this.run().state));
  protected readonly charts = computed(() => {
    const { id, number: n, before } = this.run();
    const series = this.feed().series();
    const own = { id, label: `#${n}`, slot: this.slots.of(id), live: this.live(), series };
    const names = new Set(series.map(({ name }) => name));
    const shared = (this.feedBefore()?.series() ?? []).filter(({ name }) => names.has(name));
    const grey = before && { id: before.id, label: `#${before.number}`, slot: 0, live: false, series: shared };
    return chartsOf([own, ...(grey ? [grey] : [])], 'step').map((chart) => ({
      ...chart,
      lines: chart.lines.map((line) => ({
        ...line,
        before: line.id === before?.id,
        ...(chart.lines.length > 1 && { ending: line.label }),
      })),
    }));
  });
  /** A test accuracy and the like: told once, so not a chart of one point. */
  protected readonly finals = computed(() =>
    this.attempt() === null
      ? Object.entries(this.run().finals).map(([name, value]) => ({ name, value: shownNumber(value) }))
      : [],
  );
  protected readonly remark = computed(() => remark(this.feed().sampled(), this.feed().dropped()));

  constructor() {
    effect((onCleanup) => {
      const feed = this.feed();
      untracked(() => {
        this.slots.claim([feed.runId]);
        this.group.zoom.set(null);
        feed.open();
      });
      onCleanup(() => feed.close());
    });
    effect((onCleanup) => {
      const feed = this.feedBefore();
      untracked(() => feed?.open());
      onCleanup(() => feed?.close());
    });
  }

  protected note({ axis, lines: [line] }: MetricLines): string {
    return line
      ? `${shownNumber(line.y.at(-1) ?? null)} at ${axis} ${axis === 'time' ? elapsed((line.x.at(-1) ?? 0) * 1000) : short(line.x.at(-1) ?? 0)}`
      : '';
  }
}

/** What a chart does not show, in words. */
export function remark(sampled: boolean, dropped: number): string {
  const parts = [
    ...(sampled ? ['Some lines are not read for numbers yet: more points may come.'] : []),
    ...(dropped > 0
      ? [
          `${dropped.toLocaleString('en')} points are not kept: a run has the 200 series that are printed most, and 5 million points.`,
        ]
      : []),
  ];
  return parts.join(' ');
}
