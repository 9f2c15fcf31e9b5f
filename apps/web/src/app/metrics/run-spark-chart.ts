import { ChangeDetectionStrategy, Component, computed, effect, inject, input, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { number } from '../core/format';
import { short } from './chart-data';
import { MetricsFeeds } from './metrics-feeds';
import { colourOf, SeriesSlots } from './series-slots';
import { sparkPath } from './spark-path';

const [WIDTH, HEIGHT] = [160, 28];
/** As many as fit above an output. */
const MOST = 4;

/** The curves of a run in one quiet row, as above its output. Nothing is there while the run has printed no numbers. */
@Component({
  selector: 'mle-run-spark-chart',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[hidden]': 'curves().length === 0' },
  template: `
    @for (curve of curves(); track curve.name) {
      <a [routerLink]="['/graphs']" [queryParams]="{ runs: run().id }" [title]="curve.sentence">
        <span class="name cut">{{ curve.name }}</span>
        <svg [attr.viewBox]="box" preserveAspectRatio="none" aria-hidden="true">
          <path [attr.d]="curve.path" [style.stroke]="colour()" />
        </svg>
        <span class="value">{{ curve.last }}</span><span class="sr">{{ curve.rest }}</span>
      </a>
    }
  `,
  styles: `
    :host {
      display: flex;
      gap: 16px;
      min-width: 0;
      overflow: hidden;
      padding: 4px 12px;
      border-bottom: 1px solid var(--border);
      &[hidden] {
        display: none;
      }
    }
    a {
      display: flex;
      align-items: center;
      gap: 8px;
      min-width: 0;
      flex: 0 1 280px;
      color: var(--text);
      font: var(--text-12);
      &:hover {
        text-decoration: none;
        .name {
          text-decoration: underline;
        }
      }
    }
    .name {
      color: var(--text-muted);
      flex: 0 1 auto;
      max-width: 96px;
    }
    .value {
      font: var(--code-12);
      min-width: 7ch;
    }
    svg {
      flex: 1 1 60px;
      min-width: 40px;
      height: 28px;
      overflow: visible;
    }
    path {
      fill: none;
      stroke-width: 1.5;
      stroke-linecap: round;
      vector-effect: non-scaling-stroke;
    }
    @media (max-width: 719px) {
      a:nth-child(n + 3) {
        display: none;
      }
    }
  `,
})
export class RunSparkChart {
  readonly run = input.required<RunView>();
  private readonly feeds = inject(MetricsFeeds);
  private readonly slots = inject(SeriesSlots);
  private readonly id = computed(() => this.run().id);
  private readonly feed = computed(() => this.feeds.get(this.id()));
  protected readonly box = `0 0 ${WIDTH} ${HEIGHT}`;
  protected readonly colour = computed(() => `var(${colourOf(this.slots.of(this.id()))})`);
  protected readonly curves = computed(() =>
    this.feed()
      .series()
      .slice(0, MOST)
      .map(({ name, axis, x, y }) => {
        const last = number(y.at(-1) ?? null);
        const rest = `at ${axis} ${short(x.at(-1) ?? 0)}, to its chart`;
        return { name, last, path: sparkPath(x, y, WIDTH, HEIGHT), rest, sentence: `${name} ${last} ${rest}` };
      }),
  );

  constructor() {
    effect((onCleanup) => {
      const feed = this.feed();
      untracked(() => {
        this.slots.claim([feed.runId]);
        feed.open();
      });
      onCleanup(() => feed.close());
    });
  }
}
