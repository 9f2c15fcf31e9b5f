import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  type ElementRef,
  inject,
  Injector,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { MatMenuModule } from '@angular/material/menu';
import { Router, RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { plural } from '../../core/format';
import { Hotkeys } from '../../core/hotkeys';
import { COMPARED_RUNS, isActive } from '../../core/protocol-values';
import { judgedOf } from '../../metrics/honest-line';
import { commonMetricNames, metricNames } from '../../runs/main-metric';
import { RunActions } from '../../runs/run-actions';
import { type RunFilter, RunsApi } from '../../runs/runs-api';
import { RunsStore } from '../../runs/runs-store';
import { Icon } from '../../ui/icon';
import { LoadFailure } from '../../ui/load-failure';
import type { NameQuestion } from '../../ui/name-dialog';
import { SweepsStore } from '../../vary/sweeps-store';
import { FilterChips } from './filter-chips';
import { knobColumns } from './knob-columns';
import { ListedRuns } from './listed-runs';
import { RUN_COLUMNS, RunColumns } from './run-columns';
import type { RunFold } from './run-rows';
import { RunsFilter } from './runs-filter';
import { RunsGroups } from './runs-groups';
import { RunsTable } from './runs-table';

/** All runs, live, in any order or in groups: filters, and what can be done with several at once. */
@Component({
  selector: 'mle-runs-page',
  imports: [FilterChips, Icon, LoadFailure, MatMenuModule, RouterLink, RunsGroups, RunsTable],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './runs-page.html',
  providers: [ListedRuns, RunsFilter],
  styleUrl: './runs-page.scss',
})
export class RunsPage {
  private readonly api = inject(RunsApi);
  private readonly store = inject(RunsStore);
  private readonly router = inject(Router);
  private readonly dialog = inject(MatDialog);
  protected readonly columns = inject(RunColumns);
  private readonly sweeps = inject(SweepsStore);
  protected readonly actions = inject(RunActions);
  private readonly injector = inject(Injector);
  private readonly search = viewChild.required<ElementRef<HTMLInputElement>>('search');
  private readonly table = viewChild(RunsTable);
  protected readonly allColumns = RUN_COLUMNS;
  protected readonly filter = inject(RunsFilter);
  protected readonly comparedRuns = COMPARED_RUNS.toLocaleString('en');
  protected readonly list = inject(ListedRuns);
  protected readonly choice = this.filter.choice;
  protected readonly chosen = signal<ReadonlySet<string>>(new Set());
  private chosenLast: string | null = null;
  protected readonly selected = computed(() => this.list.runs().filter((run) => this.chosen().has(run.id)));
  protected readonly selectedActive = computed(() => this.selected().filter((run) => isActive(run.state)).length);
  protected readonly metrics = computed(() => metricNames(this.list.runs()));
  protected readonly metric = computed(() => {
    const { metric } = this.choice();
    if (this.metrics().includes(metric)) return metric;
    return judgedOf(commonMetricNames(this.list.runs())) ?? this.metrics()[0] ?? null;
  });
  protected readonly tags = computed(() => [...new Set(this.store.all().flatMap((run) => run.tags))].sort());
  protected readonly summary = computed(() => {
    const rows = this.list.rows().filter((row) => row.fold !== null || !row.inFold);
    const active = this.list.runs().filter((run) => isActive(run.state)).length;
    const what = rows.some(({ fold }) => fold !== null) ? 'row' : 'run';
    return `${plural(rows.length, what)}${this.list.cursor() !== null ? ' loaded' : ''}${active > 0 ? `, ${active} active` : ''}`;
  });
  private readonly sweepIds = computed(
    () => [...new Set(this.list.rows().flatMap(({ fold }) => fold?.first.sweepId ?? []))].sort(),
    { equal: (a, b) => a.join() === b.join() },
  );
  /** Of a fold that is closed one run is known: what its sweep varies differs all the same. */
  protected readonly knobs = computed(() => {
    const varied = this.sweepIds().flatMap((id) => this.sweeps.get(id)?.knob ?? []);
    return [...new Set([...varied, ...knobColumns(this.list.runs())])].slice(0, MOST_KNOBS);
  });
  protected readonly groupNames = computed(() => {
    const { group } = this.choice();
    return group === '' || this.knobs().includes(group) ? this.knobs() : [group, ...this.knobs()];
  });
  protected readonly csvUrl = computed(() => this.api.csvUrl(this.filter.asked()));
  protected readonly groupFilter = computed<RunFilter>(() => ({ ...this.filter.asked(), sort: undefined }));
  /** Oldest first: the others are compared with it. */
  protected readonly comparison = computed(() => ({
    runs: [...this.selected()]
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.number - b.number)
      .map(({ id }) => id)
      .join(','),
  }));

  constructor() {
    effect(() => void this.sweeps.want(this.sweepIds()));
    effect(() => {
      this.filter.asked();
      untracked(() => this.table()?.toTop());
    });
    inject(Hotkeys).bind({
      J: () => this.table()?.move(1),
      K: () => this.table()?.move(-1),
      X: () => this.tickFocused(false),
      'Shift+X': () => this.tickFocused(true),
      C: () => this.compare(),
      T: () => this.onChosen((runs) => void this.tag(runs)),
      R: () => this.onChosen((runs) => void this.actions.rerun(runs)),
      S: () => this.onChosen((runs) => void this.actions.stop(runs)),
      '/': () => this.search().nativeElement.focus(),
    });
  }

  /** With Shift all from the one that was chosen last. */
  protected choose(id: string, on: boolean, range: boolean): void {
    const ids = this.list.rows().flatMap(({ run }) => run?.id ?? []);
    const [from, to] = [ids.indexOf(this.chosenLast ?? ''), ids.indexOf(id)];
    this.chosenLast = id;
    this.mark(range && from !== -1 ? ids.slice(Math.min(from, to), Math.max(from, to) + 1) : [id], on);
  }

  protected async chooseFold({ key, first }: RunFold, on: boolean): Promise<void> {
    const runs = await this.list.runsOf(key, first);
    this.mark(
      runs.map(({ id }) => id),
      on,
    );
  }

  protected async chooseAll(on: boolean): Promise<void> {
    if (!on) return this.chosen.set(new Set());
    for (const { fold } of this.list.rows()) if (fold) await this.list.runsOf(fold.key, fold.first);
    this.mark(
      this.list.runs().map(({ id }) => id),
      true,
    );
  }

  protected showNew(): void {
    this.list.hold(false);
    this.table()?.toTop();
  }

  protected act(what: 'rerun' | 'stop' | 'remove'): void {
    const runs = this.selected();
    if (what !== 'stop') void this.chooseAll(false);
    if (what === 'rerun') void this.actions.rerun(runs);
    else if (what === 'stop') void this.actions.stop(runs);
    else this.remove(runs);
  }

  protected async tag(runs: readonly RunView[]): Promise<void> {
    const { NameDialog } = await import('../../ui/name-dialog');
    const act = (name: string): Promise<unknown> =>
      Promise.all(runs.map((run) => this.actions.update(run, { tags: [...new Set([...run.tags, name])] })));
    const data: NameQuestion = {
      title: `Tag ${plural(runs.length, 'run')}`,
      label: 'Tag',
      value: '',
      verb: 'Tag',
      act,
    };
    this.dialog.open(NameDialog, { ariaLabel: data.title, autoFocus: '[cdkFocusInitial]', restoreFocus: true, data });
  }

  private mark(ids: readonly string[], on: boolean): void {
    this.chosen.update((old) => {
      const next = new Set(old);
      for (const id of ids)
        if (on) next.add(id);
        else next.delete(id);
      return next;
    });
  }

  private tickFocused(range: boolean): void {
    const row = this.table()?.focused();
    if (row?.run) this.choose(row.run.id, range || !this.chosen().has(row.run.id), range);
    else if (row?.fold) void this.chooseFold(row.fold, !row.fold.runs.every(({ id }) => this.chosen().has(id)));
  }

  private compare(): void {
    if (this.selected().length > 1) void this.router.navigate(['/compare'], { queryParams: this.comparison() });
  }

  /** The focus goes on to the row after the first that is gone. */
  private remove(runs: RunView[]): void {
    const before = this.list.rows();
    this.actions.remove(runs);
    const left = new Set(this.list.rows().map(({ id }) => id));
    const at = before.findIndex(({ id }) => !left.has(id));
    const next = before.slice(at).find(({ id }) => left.has(id)) ?? before[at - 1];
    if (next) afterNextRender(() => this.table()?.focus(next.id), { injector: this.injector });
  }

  /** The selected runs, or the one that has the focus. */
  private onChosen(act: (runs: RunView[]) => void): void {
    const focused = this.table()?.focused()?.run;
    const runs = this.selected().length > 0 ? this.selected() : focused ? [focused] : [];
    if (runs.length > 0) act(runs);
  }
}

const MOST_KNOBS = 6;
