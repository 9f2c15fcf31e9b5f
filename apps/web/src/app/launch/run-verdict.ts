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
import type { Evidence, RunView } from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';
import { plural } from '../core/format';
import { sentence } from '../core/problem';
import { isActive } from '../core/protocol-values';
import { ServerState } from '../core/server-state';
import { honestLine, judgedBy } from '../metrics/honest-line';
import { MetricSettingsStore } from '../metrics/metric-settings-store';
import { RunsApi } from '../runs/runs-api';
import { RunsStore } from '../runs/runs-store';
import { missingSeeds, sameSetting } from '../runs/same-setting';
import { Icon } from '../ui/icon';

const SEEDS = 3;

/** What may honestly be said of a run beside the run before it, and the two ways to know more. */
@Component({
  selector: 'mle-run-verdict',
  imports: [Icon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (line(); as told) {
      <div class="words">
        <p class="first">
          <b>{{ evidence()?.sentence ?? told.values }}</b>
        </p>
        <p>{{ second() }}</p>
        @if (error(); as text) {
          <p class="failure" role="alert">{{ text }}</p>
        }
      </div>
      @if (told.wantsSeeds || before() !== null) {
        <div class="row">
          @if (told.wantsSeeds && missing().length > 0) {
            <button
              type="button"
              class="btn small"
              [disabled]="starting() || server.refusal() !== null"
              [title]="server.refusal() ?? 'Runs this one and the one before with the seeds that are missing'"
              (click)="again()"
            >
              <mle-icon name="rerun" />Again with {{ seeds }} seeds
            </button>
          }
          @if (before() !== null) {
            <a class="btn small" routerLink="/compare" [queryParams]="{ runs: compared() }"
              ><mle-icon name="split" />Compare</a
            >
          }
        </div>
      }
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 12px;
      flex: 1;
      min-width: 0;
    }
    .words {
      flex: 1 1 220px;
      min-width: 0;
      overflow-wrap: anywhere;
    }
    .first {
      font: var(--text-13);
      color: var(--text);
    }
    .failure {
      color: var(--danger);
    }
  `,
})
export class RunVerdict {
  readonly run = input.required<RunView>();
  /** Further runs begin: this one is to stay in front. */
  readonly repeated = output();
  protected readonly seeds = SEEDS;
  protected readonly server = inject(ServerState);
  private readonly runs = inject(RunsStore);
  private readonly api = inject(RunsApi);
  private readonly settings = inject(MetricSettingsStore);
  private readonly beforeId = computed(() => this.run().before?.id ?? null);
  protected readonly before = computed(() => this.runs.get(this.beforeId()));
  protected readonly line = computed(() => honestLine(this.run(), this.before()));
  protected readonly starting = signal(false);
  protected readonly error = signal<string | null>(null);
  protected readonly evidence = signal<Evidence | null>(null);
  private readonly mine = computed(() => sameSetting(this.runs.ofProject(), this.run()));
  private readonly others = computed(() => {
    const before = this.before();
    return before ? sameSetting(this.runs.ofProject(), before) : [];
  });
  /** What is still to be run, so that both settings have the same seeds. */
  protected readonly missing = computed(() => {
    const before = this.before();
    return before === null ? [] : missingSeeds(this.runs.ofProject(), before, this.run(), SEEDS);
  });
  /** The runs of the setting before first: they are what is compared with. */
  protected readonly compared = computed(() =>
    (this.line()?.wantsSeeds ? [...this.others(), ...this.mine()] : [this.before(), this.run()])
      .map((run) => run?.id ?? '')
      .filter(Boolean)
      .join(','),
  );
  private readonly underWay = computed(
    () => [...this.mine(), ...this.others()].filter(({ state }) => isActive(state)).length,
  );
  private readonly metric = computed(() => judgedBy(this.run()));
  private readonly direction = computed(() => {
    const metric = this.metric();
    return metric === null ? null : (this.settings.direction(this.run().projectId, metric) ?? metricDirection(metric));
  });
  /** More than one seed each has come to its end. */
  private readonly judged = computed(() => {
    const seedsOf = (runs: readonly RunView[]) => runs.filter(({ state }) => !isActive(state)).map(({ seed }) => seed);
    const others = new Set(seedsOf(this.others()));
    const shared = seedsOf(this.mine()).filter((seed) => others.has(seed)).length;
    return this.line()?.wantsSeeds && shared > 1 ? `${this.compared()} ${this.underWay()} ${this.direction()}` : '';
  });
  protected readonly second = computed(() => {
    const told = this.line();
    if (!told) return '';
    if (this.underWay() > 0) return `${plural(this.underWay(), 'further run')} under way. ${told.differs}`;
    return this.evidence() ? `${told.values}. ${this.evidence()?.note ?? ''}` : told.differs;
  });

  constructor() {
    effect(() => {
      const id = this.beforeId();
      if (id !== null && untracked(() => this.runs.get(id)) === null) void this.runs.refresh(id).catch(() => undefined);
    });
    effect(() => {
      const judged = this.judged();
      untracked(() => void this.judge(judged));
    });
  }

  protected async again(): Promise<void> {
    this.repeated.emit();
    this.starting.set(true);
    this.error.set(null);
    try {
      for (const { id, seed } of this.missing()) this.runs.put(await this.api.rerun(id, { files: 'snapshot', seed }));
    } catch (error) {
      this.error.set(sentence(error));
    } finally {
      this.starting.set(false);
    }
  }

  private async judge(judged: string): Promise<void> {
    const [metric, direction] = [this.metric(), this.direction()];
    if (judged === '' || metric === null || direction === null) return this.evidence.set(null);
    try {
      const evidence = await this.api.evidence(this.compared().split(','), {
        metric,
        direction: direction === 'lower' ? 'min' : 'max',
      });
      if (judged === this.judged()) this.evidence.set(evidence);
    } catch (error) {
      this.error.set(sentence(error));
    }
  }
}
