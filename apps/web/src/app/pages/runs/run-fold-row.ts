import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { RunState } from '@mle/protocol';
import { shownValue } from '@mle/protocol/shown-change';
import { shownNumber } from '@mle/protocol/shown-number';
import { Clock } from '../../core/clock';
import { ago, duration, elapsed } from '../../core/format';
import { nameOf } from '../../files/file-tree';
import { knobOf } from '../../runs/knob-of';
import { Icon } from '../../ui/icon';
import { StateChip } from '../../ui/state-chip';
import { rangeWords, sizeWords, SWEEP_STATE } from '../../vary/sweep-words';
import { SweepsStore } from '../../vary/sweeps-store';
import type { RunColumn } from './run-columns';
import type { RunFold } from './run-rows';

/** The runs of a Vary, or of the dial, as one row of the list: what was tried, and what it showed. */
@Component({
  // The columns are those of the table that it is a row of.
  selector: 'tr[mleRunFoldRow]',
  imports: [Icon, RouterLink, StateChip],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '[class.on]': 'chosenCount() > 0' },
  templateUrl: './run-fold-row.html',
  styleUrl: './run-fold-row.scss',
})
export class RunFoldRow {
  readonly fold = input.required<RunFold>();
  readonly open = input.required<boolean>();
  readonly shown = input.required<ReadonlySet<RunColumn>>();
  readonly knobs = input.required<readonly string[]>();
  readonly metric = input.required<string | null>();
  readonly bestShown = input.required<boolean>();
  readonly chosen = input.required<ReadonlySet<string>>();
  readonly ofAllProjects = input.required<boolean>();
  readonly toggled = output();
  readonly choose = output<boolean>();
  private readonly sweeps = inject(SweepsStore);
  private readonly clock = inject(Clock);
  protected readonly first = computed(() => this.fold().first);
  protected readonly sweep = computed(() => this.sweeps.get(this.first().sweepId));
  protected readonly chosenCount = computed(() => this.fold().runs.filter(({ id }) => this.chosen().has(id)).length);
  protected readonly title = computed(() => {
    const [sweep, { sweepId, file }] = [this.sweep(), this.first()];
    if (sweepId === null) return `Dial of ${nameOf(file ?? '')}`;
    return sweep ? `Vary ${sweep.knob}` : 'Vary';
  });
  /** A Vary is opened beside its file; of the dial its last run. */
  protected readonly link = computed(() => {
    const { id, projectId, sweepId, file } = this.first();
    return sweepId === null
      ? { to: ['/runs', id], params: {} }
      : { to: ['/code'], params: { project: projectId, file, vary: sweepId } };
  });
  protected readonly state = computed<{ word: string | undefined; shape: RunState }>(() => {
    const sweep = this.sweep();
    return sweep ? SWEEP_STATE[sweep.state] : { word: undefined, shape: this.first().state };
  });
  protected readonly tried = computed(() => {
    const sweep = this.sweep();
    if (sweep) return sizeWords(sweep);
    return this.first().sweepId === null ? 'runs while a number was turned' : '';
  });
  protected readonly values = computed(() => this.knobs().map((name) => ({ name, text: this.valuesOf(name) })));
  protected readonly started = computed(() => ago((this.sweep() ?? this.first()).createdAt, this.clock.now()));
  protected readonly time = computed(() => {
    const sweep = this.sweep();
    if (!sweep) return '–';
    const until = sweep.finishedAt === null ? this.clock.now() : Date.parse(sweep.finishedAt);
    const ms = Math.max(0, until - Date.parse(sweep.createdAt));
    return sweep.finishedAt === null ? elapsed(ms) : duration(ms);
  });
  /** The mean of its best value, where the column is of the metric that it is judged by. */
  protected readonly best = computed(() => {
    const sweep = this.sweep();
    if (!sweep?.best || sweep.goal.metric !== this.metric()) return null;
    return { at: sweep.goal.at, text: shownNumber(sweep.best.value) };
  });
  protected readonly outcome = computed(() => {
    const sweep = this.sweep();
    if (!sweep) return '';
    if (sweep.state === 'done') return sweep.evidence.sentence;
    const { done, failed, total } = sweep.progress.runs;
    return [`${done + failed} of ${total} runs`, sweep.reason].filter(Boolean).join('. ');
  });

  private valuesOf(name: string): string {
    const sweep = this.sweep();
    if (sweep?.knob === name) return rangeWords(sweep);
    if (sweep && name === 'seed') return `0 … ${Math.max(...sweep.settings.map(({ seeds }) => seeds)) - 1}`;
    const value = knobOf(this.first(), name);
    return value === undefined ? '–' : shownValue(value);
  }
}
