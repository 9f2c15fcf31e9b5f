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
import type { RunView } from '@mle/protocol';
import { metricDirection } from '@mle/protocol/metric-direction';
import { sentence } from '../../core/problem';
import { ServerState } from '../../core/server-state';
import { MetricSettingsStore } from '../../metrics/metric-settings-store';
import { RunsApi } from '../../runs/runs-api';
import { RunsStore } from '../../runs/runs-store';
import { Icon } from '../../ui/icon';
import { ComparedEvidence } from './compared-evidence';
import { conclusionOf } from './conclusion';
import { type Finding, findingsOf } from './findings';
import { RunDiffs } from './run-diffs';

/** What the numbers of runs that are compared say, what they cannot say, and the runs that would settle it. */
@Component({
  selector: 'mle-what-follows',
  imports: [Icon],
  providers: [ComparedEvidence],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './what-follows.html',
  styleUrl: './what-follows.scss',
})
export class WhatFollows {
  readonly runs = input.required<readonly RunView[]>();
  /** That is judged by, if it says which way is better; null: the server chooses. */
  readonly metric = input.required<string | null>();
  /** Ids of further runs that were started. */
  readonly began = output<readonly string[]>();
  /** What differs is to be asked for again. */
  readonly again = output();
  protected readonly server = inject(ServerState);
  protected readonly found = inject(ComparedEvidence);
  protected readonly diffs = inject(RunDiffs);
  private readonly store = inject(RunsStore);
  private readonly api = inject(RunsApi);
  private readonly settings = inject(MetricSettingsStore);
  protected readonly starting = signal(false);
  protected readonly error = signal<string | null>(null);

  private readonly base = computed(() => this.runs()[0] ?? null);
  private readonly others = computed(() => {
    const base = this.base();
    return this.runs()
      .slice(1)
      .flatMap((run) => {
        const changes = base && this.diffs.of(base.id, run.id)?.changes;
        return changes ? [{ run, changes }] : [];
      });
  });
  protected readonly findings = computed<Finding[]>(() => {
    const [base, evidence] = [this.base(), this.found.evidence()];
    return base && evidence ? findingsOf(evidence, base, this.others(), this.store.all()) : [];
  });
  /** Where nothing is judged: what differs, run by run. */
  protected readonly conclusions = computed(() => {
    const base = this.base();
    if (!base || !this.found.ready() || this.findings().length > 0) return [];
    return this.others().map(({ run, changes }) => ({ run, ...conclusionOf(base, run, changes) }));
  });
  private readonly judged = computed(() => {
    const [metric, base] = [this.metric(), this.base()];
    if (metric === null || base === null) return null;
    return (this.settings.direction(base.projectId, metric) ?? metricDirection(metric)) === null ? null : metric;
  });
  /** A text, so that each run that ends asks anew and its numbers on the way do not. */
  private readonly asked = computed(() =>
    this.runs()
      .map(({ id, state }) => `${id} ${state}`)
      .join(','),
  );

  constructor() {
    effect(() => {
      this.asked();
      this.judged();
      untracked(() => this.ask());
    });
  }

  protected retry(): void {
    this.ask();
    this.again.emit();
  }

  protected async settle(missing: readonly { id: string; seed: number }[]): Promise<void> {
    this.starting.set(true);
    this.error.set(null);
    const began: string[] = [];
    try {
      for (const { id, seed } of missing) {
        const run = await this.api.rerun(id, { files: 'snapshot', seed });
        this.store.put(run);
        began.push(run.id);
      }
    } catch (error) {
      this.error.set(sentence(error));
    } finally {
      this.starting.set(false);
      if (began.length > 0) this.began.emit(began);
    }
  }

  private ask(): void {
    void this.found.load(
      this.runs().map(({ id }) => id),
      this.judged(),
    );
  }
}
