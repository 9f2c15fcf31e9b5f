import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import type { ResourceList, RunView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { sentence } from '../core/problem';
import { isActive } from '../core/protocol-values';
import { Icon } from '../ui/icon';
import { LoadFailure } from '../ui/load-failure';
import { seconds } from './chart-data';
import { ChartGroup } from './chart-group';
import { MetricChart } from './metric-chart';
import { MetricsApi } from './metrics-api';
import { resourceCharts } from './resource-charts';

const LOOK_AGAIN_MS = 2_500;

/** What a run and its machine use, on one time axis. */
@Component({
  selector: 'mle-run-resources',
  imports: [Icon, LoadFailure, MetricChart],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (list(); as known) {
      @if (charts().length === 0) {
        <div class="empty">
          <mle-icon name="chart" />
          <h3>{{ live() ? 'Nothing measured yet' : 'Nothing was measured' }}</h3>
          <p>
            {{
              live()
                ? 'The first values come two seconds after the start of the program.'
                : 'The run was too short, or its worker measures nothing.'
            }}
          </p>
        </div>
      } @else {
        <div class="charts">
          @for (chart of charts(); track chart.title) {
            <mle-metric-chart
              [title]="chart.title"
              [note]="chart.note"
              [lines]="chart.lines"
              axis="time"
              [group]="group"
              [floor]="0"
              [ceiling]="chart.ceiling"
              [formatX]="seconds"
              [formatY]="chart.formatY"
              [formatValue]="chart.formatValue"
            />
          }
        </div>
      }
    } @else if (error()) {
      <mle-load-failure what="The resources" [text]="error()" (again)="load()" />
    } @else {
      <div class="charts" aria-hidden="true">
        <span class="skeleton"></span><span class="skeleton"></span><span class="skeleton"></span>
      </div>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
    }
    .charts {
      flex: 1;
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr));
      grid-auto-rows: minmax(260px, 1fr);
    }
    // Four stand two by two.
    @media (min-width: 720px) {
      .charts:has(> :nth-child(4):last-child) {
        grid-template-columns: 1fr 1fr;
      }
    }
    mle-metric-chart {
      border-right: 1px solid var(--border);
      border-bottom: 1px solid var(--border);
    }
    .skeleton {
      height: 200px;
      margin: 24px 16px;
    }
  `,
})
export class RunResources {
  readonly run = input.required<RunView>();
  /** An earlier attempt, or null for the latest. */
  readonly attempt = input<number | null>(null);
  private readonly api = inject(MetricsApi);
  private readonly events = inject(EventsSocket);
  private readonly id = computed(() => this.run().id);
  private readonly shown = computed(() => this.attempt() ?? this.run().attempt);
  protected readonly live = computed(() => this.attempt() === null && isActive(this.run().state));
  protected readonly group = new ChartGroup();
  protected readonly list = signal<ResourceList | null>(null);
  protected readonly error = signal<string | null>(null);
  protected readonly seconds = seconds;
  protected readonly charts = computed(() => {
    const list = this.list();
    return list ? resourceCharts(list, this.live()) : [];
  });
  private asked = 0;

  constructor() {
    effect(() => {
      this.id();
      this.shown();
      untracked(() => {
        this.list.set(null);
        this.group.zoom.set(null);
      });
    });
    effect((onCleanup) => {
      this.id();
      this.shown();
      this.events.epoch();
      const live = this.live();
      untracked(() => void this.load());
      // Values come every two seconds; asked while they come, and once after the end.
      const timer = live ? setInterval(() => void this.load(), LOOK_AGAIN_MS) : undefined;
      onCleanup(() => clearInterval(timer));
    });
  }

  protected async load(): Promise<void> {
    const asked = ++this.asked;
    try {
      const list = await this.api.resources(this.id(), this.shown());
      if (asked !== this.asked) return;
      this.list.set(list);
      this.error.set(null);
    } catch (error) {
      if (asked === this.asked) this.error.set(sentence(error));
    }
  }
}
