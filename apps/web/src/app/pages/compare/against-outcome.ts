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
import { RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { plural } from '../../core/format';
import { colourOf, COLOURS, SeriesSlots } from '../../metrics/series-slots';
import { metricNames } from '../../runs/main-metric';
import { type Brushes, brushesOf, brushText, keptOf } from './brushes';
import { type CompareChoice, VALUE_VIEWS } from './compare-address';
import type { DrawnRun } from './drawn-run';
import { OtherRuns } from './other-runs';
import { ParallelAxes } from './parallel-axes';
import { ScatterPlot } from './scatter-plot';
import { valueAxes, type ValueAxis } from './value-axes';

const MOST_METRICS = 2;
/** Colours from low to high. */
const SHADES = 5;

/** What was put into runs against what came out: those that are compared among all others of their program. */
@Component({
  selector: 'mle-against-outcome',
  imports: [ParallelAxes, RouterLink, ScatterPlot],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'region', 'aria-label': 'Parameters against outcome', '[hidden]': '!told()' },
  templateUrl: './against-outcome.html',
  styleUrl: './against-outcome.scss',
})
export class AgainstOutcome {
  readonly runs = input.required<readonly RunView[]>();
  readonly choice = input.required<CompareChoice>();
  readonly changed = output<Partial<CompareChoice>>();
  /** A run that is to be compared too. */
  readonly added = output<string>();
  protected readonly ways = VALUE_VIEWS;
  private readonly slots = inject(SeriesSlots);
  private readonly others = inject(OtherRuns);
  /** While a hand brushes: the address follows once it lets go. */
  private readonly draft = signal<Brushes | null>(null);

  protected readonly file = computed(() => this.runs()[0]?.file ?? null);
  private readonly among = computed(() => {
    const own = new Set(this.runs().map(({ id }) => id));
    return this.file() === null ? [] : this.others.runs().filter(({ id }) => !own.has(id));
  });
  private readonly all = computed(() => [...this.runs(), ...this.among()]);
  private readonly metrics = computed(() => {
    const names = metricNames(this.runs());
    const { metric } = this.choice();
    const chosen = names.filter((name) => name === metric);
    return [...chosen, ...names.filter((name) => name !== metric)].slice(0, MOST_METRICS);
  });
  protected readonly axes = computed(() => valueAxes(this.all(), this.runs().length, this.metrics()));
  /** There is something to draw against something. */
  protected readonly told = computed(() => new Set(this.axes().map(({ outcome }) => outcome)).size === 2);
  protected readonly brushes = computed(() => this.draft() ?? brushesOf(this.choice().keep ?? ''));
  private readonly kept = computed(() => keptOf(this.axes(), this.brushes(), this.all().length));
  protected readonly colouring = computed(() => this.axisOf(this.choice().colour));
  protected readonly x = computed(() => this.axisOf(this.choice().x) ?? this.axes()[0]);
  protected readonly y = computed(() => this.axisOf(this.choice().y) ?? this.axes().find(({ outcome }) => outcome));

  protected readonly drawn = computed<DrawnRun[]>(() => {
    const [axes, kept, scale] = [this.axes(), this.kept(), this.colouring()];
    return this.all().map((run, i) => {
      const own = i < this.runs().length;
      const slot = this.slots.of(run.id);
      const values = axes.map(({ name, of }) => `${name} ${of[i]?.text ?? 'none'}`);
      return {
        run,
        own,
        colour: `var(${scale ? shade(scale, i) : own ? colourOf(slot) : '--text-muted'})`,
        dash: own && !scale && slot >= COLOURS,
        kept: kept[i] ?? true,
        title: `#${run.number}: ${values.join(', ')}${own ? '' : '. Click to compare it too'}`,
      };
    });
  });
  protected readonly rows = computed(() =>
    this.drawn().flatMap((drawn, i) =>
      drawn.kept ? [{ ...drawn, values: this.axes().map(({ of }) => of[i]?.text ?? '') }] : [],
    ),
  );
  protected readonly words = computed(() => {
    if (this.brushes().size > 0) return `${this.rows().length} of ${plural(this.drawn().length, 'run')} kept`;
    const count = this.among().length;
    return count === 0 ? '' : `${plural(count, 'other run')} of ${this.file()} in grey`;
  });

  constructor() {
    const program = computed(() => {
      const [base] = this.runs();
      return base?.file ? `${base.projectId} ${base.file}` : '';
    });
    effect(() => {
      if (program() === '') return;
      const [base] = untracked(this.runs);
      if (base?.file) void this.others.load(base.projectId, base.file);
    });
  }

  protected brush({ brushes, done }: { brushes: Brushes; done: boolean }): void {
    this.draft.set(done ? null : brushes);
    if (done) this.changed.emit({ keep: brushText(brushes) || null });
  }

  private axisOf(name: string | null): ValueAxis | undefined {
    return this.axes().find((axis) => axis.name === name);
  }
}

function shade({ of }: ValueAxis, run: number): string {
  const stop = of[run];
  return stop ? `--scale-${1 + Math.round(stop.at * (SHADES - 1))}` : '--text-muted';
}
