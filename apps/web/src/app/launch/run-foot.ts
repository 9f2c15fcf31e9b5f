import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import type { RunView } from '@mle/protocol';
import { Clock } from '../core/clock';
import { duration, elapsed, roughly } from '../core/format';
import { isActive } from '../core/protocol-values';
import { short } from '../metrics/chart-data';
import { judgedBy } from '../metrics/honest-line';
import { MetricsFeeds } from '../metrics/metrics-feeds';
import { RunActivity } from '../runs/run-activity';
import { runPart } from '../runs/run-progress';
import { outcome, runTime } from '../runs/run-words';
import { roleOf, StateIcon, stateWord } from '../ui/state-icon';
import { RunFailure } from './run-failure';
import { RunVerdict } from './run-verdict';

/** How far a run is while it runs, and how it ended; always there, so that nothing moves at the end. */
@Component({
  selector: 'mle-run-foot',
  imports: [RunFailure, RunVerdict, StateIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (part()?.of; as total) {
      <progress
        [max]="total"
        [value]="part()?.at ?? 0"
        [attr.aria-label]="'Progress of run ' + run().number"
        [attr.aria-valuetext]="strong()"
      ></progress>
    }
    <mle-state-icon [state]="run().state" [class]="role()" />
    @if (verdict()) {
      <mle-run-verdict [run]="run()" (repeated)="repeated.emit()" />
    } @else {
      <div class="words">
        <p class="first">
          <b>{{ strong() }}</b>{{ rest() }}
        </p>
        @if (failure()) {
          <mle-run-failure [inline]="true" [run]="run()">{{ second() }}.</mle-run-failure>
        } @else if (second(); as text) {
          <p>{{ text }}</p>
        }
      </div>
      <span class="grow"></span>
    }
    <span class="sr" role="status">{{ announced() }}</span>
    <div class="facts">
      @if (verdict()) {
        <span>{{ ending() }}</span>
      }
      <ng-content />
    </div>
  `,
  host: { '[class.failed]': "run().state === 'failed'" },
  styleUrl: './run-foot.scss',
})
export class RunFoot {
  readonly run = input.required<RunView>();
  readonly repeated = output();
  private readonly clock = inject(Clock);
  private readonly activity = inject(RunActivity);
  private readonly feeds = inject(MetricsFeeds);
  private readonly id = computed(() => this.run().id);
  private readonly beforeId = computed(() => this.run().before?.id ?? null);
  private readonly series = computed(() => this.feeds.get(this.id()).series());
  private readonly seriesBefore = computed(() => {
    const id = this.beforeId();
    return id === null ? [] : this.feeds.get(id).series();
  });
  /** A run that came to its end and printed numbers is set beside the run before. */
  protected readonly verdict = computed(() => this.run().state === 'succeeded' && judgedBy(this.run()) !== null);
  protected readonly role = computed(() => roleOf(this.run().state));
  /** Only of a run that is at work: an ended one tells how it ended. */
  protected readonly part = computed(() =>
    this.run().state === 'running' ? runPart(this.run(), this.series(), this.seriesBefore()) : null,
  );
  /** What the program said last; the code of its exit stands second. */
  protected readonly failure = computed(() => (isActive(this.run().state) ? null : this.run().failure));
  protected readonly strong = computed(() => {
    const [run, part, failure] = [this.run(), this.part(), this.failure()];
    if (failure) return failure.sentence;
    if (part) return `${part.axis} ${short(part.at)}${part.of === null ? '' : ` of ${short(part.of)}`}`;
    return isActive(run.state) ? this.activity.of(run) : this.ending();
  });
  protected readonly rest = computed(() => {
    const [run, part] = [this.run(), this.part()];
    const time = runTime(run, this.clock.now());
    if (!part || time === null) return '';
    const left = part.leftMs === null ? '' : `, about ${roughly(part.leftMs)} left`;
    return `, ${elapsed(time)}${left}`;
  });
  protected readonly second = computed(() => {
    if (this.failure()) return this.endingOf({ ...this.run(), failure: null });
    const { state, before, changes } = this.run();
    if (state !== 'running' || !before || this.seriesBefore().length === 0) return '';
    const [first, ...more] = changes;
    const grey = `Run #${before.number}, the one before, is grey.`;
    return first && more.length === 0 ? `At the line ends stands what differs: ${first.name}. ${grey}` : grey;
  });

  /** For assistive technology: the state changes, not the running clock. */
  protected readonly announced = computed(() => {
    const run = this.run();
    return `Run ${run.number} ${stateWord(run.state)}${outcome(run) ? `, ${outcome(run)}` : ''}`;
  });

  protected readonly ending = computed(() => this.endingOf(this.run()));

  private endingOf(run: RunView): string {
    const time = runTime(run, this.clock.now());
    return [stateWord(run.state), time === null ? '' : duration(time), outcome(run)].filter(Boolean).join(', ');
  }
}
