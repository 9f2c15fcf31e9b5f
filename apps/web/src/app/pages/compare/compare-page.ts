import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { MatMenuModule } from '@angular/material/menu';
import { Router, RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { plural } from '../../core/format';
import { RequestError, sentence } from '../../core/problem';
import { isActive } from '../../core/protocol-values';
import { Toasts } from '../../core/toasts';
import { ChartGroup } from '../../metrics/chart-group';
import { MetricChart } from '../../metrics/metric-chart';
import { chartsOf } from '../../metrics/metric-lines';
import { openedFeeds } from '../../metrics/opened-feeds';
import { colourOf, COLOURS, SeriesSlots } from '../../metrics/series-slots';
import { titlesOf } from '../../runs/run-differences';
import { runTitle } from '../../runs/run-words';
import { RunsStore } from '../../runs/runs-store';
import { Icon } from '../../ui/icon';
import { LoadFailure } from '../../ui/load-failure';
import { AgainstOutcome } from './against-outcome';
import { CodeDiff } from './code-diff';
import { choiceOf, type CompareChoice, MOST_RUNS, paramsOf } from './compare-address';
import { CompareTable } from './compare-table';
import type { ComparedRow } from './compared-rows';
import { OtherRuns } from './other-runs';
import { PictureRows } from './picture-rows';
import { RunDiffs } from './run-diffs';
import { WhatFollows } from './what-follows';

/** Some runs beside each other: their curves, in what they differ, their code and pictures, and what follows of it. */
@Component({
  selector: 'mle-compare-page',
  imports: [
    AgainstOutcome,
    CodeDiff,
    CompareTable,
    Icon,
    LoadFailure,
    MatMenuModule,
    MetricChart,
    PictureRows,
    RouterLink,
    WhatFollows,
  ],
  providers: [OtherRuns, RunDiffs],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './compare-page.html',
  styleUrl: './compare-page.scss',
})
export class ComparePage {
  /** Of the address. */
  readonly runs = input<string>();
  readonly metric = input<string>();
  readonly tab = input<string>();
  readonly other = input<string>();
  readonly file = input<string>();
  readonly view = input<string>();
  readonly rows = input<string>();
  readonly values = input<string>();
  readonly x = input<string>();
  readonly y = input<string>();
  readonly colour = input<string>();
  readonly keep = input<string>();

  private readonly store = inject(RunsStore);
  private readonly slots = inject(SeriesSlots);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  protected readonly diffs = inject(RunDiffs);
  protected readonly group = new ChartGroup();
  /** Why runs of the address are not shown. */
  protected readonly problem = signal<string | null>(null);
  protected readonly loading = signal(true);
  protected readonly copied = signal(false);

  protected readonly choice = computed<CompareChoice>(() =>
    choiceOf(
      Object.fromEntries(
        Object.entries({
          runs: this.runs(),
          metric: this.metric(),
          tab: this.tab(),
          other: this.other(),
          file: this.file(),
          view: this.view(),
          rows: this.rows(),
          values: this.values(),
          x: this.x(),
          y: this.y(),
          colour: this.colour(),
          keep: this.keep(),
        }).filter(([, value]) => value !== undefined),
      ),
    ),
  );
  /** A text, so that a change of a run's numbers asks for nothing anew. */
  private readonly chosenIds = computed(() => this.choice().runs.join(','));
  protected readonly compared = computed<RunView[]>(() => this.choice().runs.flatMap((id) => this.store.get(id) ?? []));
  private readonly opened = openedFeeds(this.chosenIds);
  protected readonly base = computed(() => this.compared()[0] ?? null);
  protected readonly chips = computed(() => {
    const titles = titlesOf(this.compared());
    return this.compared().map((run, i) => {
      const slot = this.slots.of(run.id);
      const about = [titles[i] || runTitle(run), isActive(run.state) && run.state];
      return {
        run,
        about: about.filter(Boolean).join(', '),
        colour: `var(${colourOf(slot)})`,
        dash: slot >= COLOURS,
        first: i === 0,
      };
    });
  });
  /** Of the same project, latest first. */
  protected readonly addable = computed(() => {
    const [shown, base] = [new Set(this.choice().runs), this.base()];
    if (this.choice().runs.length >= MOST_RUNS) return [];
    return this.store
      .all()
      .filter(({ id, projectId }) => !shown.has(id) && (base === null || projectId === base.projectId))
      .map((run) => ({ id: run.id, text: `#${run.number} ${runTitle(run)}` }));
  });

  private readonly charts = computed(() => {
    const feeds = new Map(this.opened().map((feed) => [feed.runId, feed]));
    const titles = titlesOf(this.compared());
    const lines = this.compared().map((run, i) => ({
      id: run.id,
      label: [`#${run.number}`, titles[i]].filter(Boolean).join(' '),
      slot: this.slots.of(run.id),
      live: isActive(run.state),
      series: feeds.get(run.id)?.series() ?? [],
    }));
    const common = (chart: { lines: unknown[] }): number => -chart.lines.length;
    return chartsOf(lines, 'step').sort((a, b) => common(a) - common(b));
  });
  protected readonly metrics = computed(() => this.charts().map(({ name }) => name));
  /** The chosen metric, or the first of those that most runs have, and the one after it. */
  protected readonly drawn = computed(() => {
    const charts = this.charts();
    const first = charts.find(({ name }) => name === this.choice().metric) ?? charts[0];
    const second = charts.find((chart) => chart !== first);
    return [first, second].filter((chart) => chart !== undefined);
  });

  protected readonly others = computed(() => this.compared().slice(1));
  /** Whose code is shown beside that of the first. */
  protected readonly otherRun = computed(() => {
    const [others, base] = [this.others(), this.base()];
    const chosen = others.find(({ id }) => id === this.choice().other);
    return chosen ?? others.find(({ snapshotId }) => snapshotId !== base?.snapshotId) ?? others[0] ?? null;
  });
  protected readonly diff = computed(() => {
    const [base, other] = [this.base(), this.otherRun()];
    return base && other ? this.diffs.of(base.id, other.id) : null;
  });
  protected readonly code = computed<ComparedRow>(() => {
    const base = this.base();
    return {
      name: 'code',
      cells: this.compared().map((run) => {
        const diff = base && run !== base ? this.diffs.of(base.id, run.id) : null;
        const count = diff ? diff.files.length + diff.moreFiles : 0;
        const differs = base?.snapshotId !== run.snapshotId;
        const text = !differs ? 'same' : diff ? `${plural(count, 'file')} ${count === 1 ? 'differs' : 'differ'}` : '…';
        return { text: run === base ? '' : text, differs, delta: '', tone: '' as const };
      }),
    };
  });

  constructor() {
    effect(() => {
      const ids = this.chosenIds().split(',').filter(Boolean);
      untracked(() => void this.load(ids));
    });
  }

  protected async load(ids: readonly string[] = this.choice().runs): Promise<void> {
    this.problem.set(null);
    const results = await Promise.allSettled(ids.map((id) => this.store.refresh(id)));
    if (ids.join(',') !== this.chosenIds()) return;
    const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    const gone = failed.filter((reason) => reason instanceof RequestError && reason.status === 404).length;
    const other = failed.find((reason) => !(reason instanceof RequestError && reason.status === 404));
    if (other !== undefined) this.problem.set(sentence(other));
    else if (gone > 0)
      this.problem.set(`${plural(gone, 'run')} of this link ${gone === 1 ? 'is' : 'are'} not here any more.`);
    this.loading.set(false);
    const [base, ...others] = this.compared().map(({ id }) => id);
    if (base !== undefined) await this.diffs.load(base, others);
  }

  protected change(change: Partial<CompareChoice>): void {
    void this.router.navigate([], { queryParams: paramsOf({ ...this.choice(), ...change }), replaceUrl: true });
  }

  protected add(...ids: readonly string[]): void {
    this.change({ runs: [...this.choice().runs, ...ids] });
  }

  protected remove(id: string): void {
    this.change({ runs: this.choice().runs.filter((other) => other !== id) });
  }

  /** The others are compared with this one. */
  protected asBase(id: string): void {
    this.change({ runs: [id, ...this.choice().runs.filter((other) => other !== id)], other: null });
  }

  protected async copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.copied.set(true);
      setTimeout(() => this.copied.set(false), 2_000);
    } catch {
      this.toasts.error('The browser did not allow copying. Copy the address of this page.');
    }
  }
}
