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
import { MatMenuModule } from '@angular/material/menu';
import { Router, RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { plural } from '../../core/format';
import { Hotkeys } from '../../core/hotkeys';
import { sentence } from '../../core/problem';
import { isActive } from '../../core/protocol-values';
import { MachinesStore } from '../../machines/machines-store';
import { ProjectsStore } from '../../projects/projects-store';
import { metricNames } from '../../runs/main-metric';
import { RunActions } from '../../runs/run-actions';
import { RunsApi } from '../../runs/runs-api';
import { RunsStore } from '../../runs/runs-store';
import { Icon } from '../../ui/icon';
import { LoadFailure } from '../../ui/load-failure';
import { RUN_COLUMNS, RunColumns } from './run-columns';
import { type ListFilter, matches, STATE_FILTERS, statesOf } from './run-list';
import { RunsTable } from './runs-table';

const PAGE = 50;

/** All runs, newest first, live: filters, and what can be done with several at once. */
@Component({
  selector: 'mle-runs-page',
  imports: [Icon, LoadFailure, MatMenuModule, RouterLink, RunsTable],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './runs-page.html',
  styleUrl: './runs-page.scss',
})
export class RunsPage {
  private readonly api = inject(RunsApi);
  private readonly store = inject(RunsStore);
  private readonly router = inject(Router);
  protected readonly projects = inject(ProjectsStore);
  protected readonly machines = inject(MachinesStore);
  protected readonly columns = inject(RunColumns);
  protected readonly actions = inject(RunActions);
  private readonly injector = inject(Injector);
  private readonly search = viewChild.required<ElementRef<HTMLInputElement>>('search');
  private readonly table = viewChild(RunsTable);
  protected readonly allColumns = RUN_COLUMNS;
  protected readonly stateFilters = STATE_FILTERS;
  protected readonly text = signal('');
  protected readonly state = signal('');
  protected readonly machineId = signal('');
  protected readonly tag = signal('');
  protected readonly thisProject = signal(true);
  private readonly metricChoice = signal<string | null>(null);
  protected readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  protected readonly error = signal<string | null>(null);
  private readonly cursor = signal<string | null>(null);
  protected readonly more = computed(() => this.cursor() !== null);
  protected readonly chosen = signal<ReadonlySet<string>>(new Set());
  /** New rows wait while one reads further down: runs made after this moment. */
  private readonly heldSince = signal<string | null>(null);
  private asked = 0;

  private readonly filter = computed<ListFilter>(() => ({
    projectId: this.thisProject() ? (this.projects.current()?.id ?? null) : null,
    state: this.state(),
    text: this.text().trim(),
    machineId: this.machineId(),
    tag: this.tag(),
  }));
  private readonly all = computed(() => {
    const [filter, hidden] = [this.filter(), this.actions.hidden()];
    return this.store.all().filter((run) => !hidden.has(run.id) && matches(run, filter));
  });
  protected readonly runs = computed(() => {
    const since = this.heldSince();
    return since === null ? this.all() : this.all().filter((run) => run.createdAt <= since);
  });
  protected readonly waiting = computed(() => this.all().length - this.runs().length);
  protected readonly selected = computed(() => this.all().filter((run) => this.chosen().has(run.id)));
  protected readonly selectedActive = computed(() => this.selected().filter((run) => isActive(run.state)).length);
  protected readonly metrics = computed(() => metricNames(this.all()));
  protected readonly metric = computed(() => {
    const choice = this.metricChoice();
    return choice !== null && this.metrics().includes(choice) ? choice : (this.metrics()[0] ?? null);
  });
  protected readonly tags = computed(() => [...new Set(this.store.all().flatMap((run) => run.tags))].sort());
  protected readonly summary = computed(() => {
    const active = this.all().filter((run) => isActive(run.state)).length;
    return `${plural(this.all().length, 'run')}${this.more() ? ' loaded' : ''}${active > 0 ? `, ${active} active` : ''}`;
  });
  protected readonly filtered = computed(
    () => this.text() !== '' || this.state() !== '' || this.machineId() !== '' || this.tag() !== '',
  );

  constructor() {
    effect((onCleanup) => {
      this.filter();
      // Another list begins at its top.
      untracked(() => this.showNew());
      // Typing waits a moment; the rows that are here are filtered at once.
      const timer = setTimeout(() => untracked(() => void this.load()), this.text() ? 200 : 0);
      onCleanup(() => clearTimeout(timer));
    });
    inject(Hotkeys).bind({
      J: () => this.table()?.move(1),
      K: () => this.table()?.move(-1),
      X: () => this.onFocused((run) => this.choose(run.id, !this.chosen().has(run.id))),
      R: () => this.onChosen((runs) => void this.actions.rerun(runs)),
      S: () => this.onChosen((runs) => void this.actions.stop(runs)),
      Enter: () => this.onFocused((run) => void this.router.navigate(['/runs', run.id])),
      '/': () => this.search().nativeElement.focus(),
    });
  }

  protected async load(next = false): Promise<void> {
    const asked = ++this.asked;
    const { projectId, text, machineId, tag } = this.filter();
    try {
      const page = await this.api.list({
        projectId: projectId ?? undefined,
        state: statesOf(this.filter())?.join(','),
        machineId: machineId || undefined,
        tag: tag || undefined,
        text: text || undefined,
        limit: PAGE,
        cursor: next ? (this.cursor() ?? undefined) : undefined,
      });
      if (asked !== this.asked) return;
      this.store.put(...page.items);
      this.cursor.set(page.nextCursor);
      this.status.set('ready');
      this.error.set(null);
    } catch (error) {
      if (asked !== this.asked) return;
      this.error.set(sentence(error));
      this.status.set(this.status() === 'ready' ? 'ready' : 'error');
    }
  }

  protected choose(id: string, on: boolean): void {
    this.chosen.update((old) => {
      const next = new Set(old);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  }

  protected chooseAll(on: boolean): void {
    this.chosen.set(new Set(on ? this.runs().map((run) => run.id) : []));
  }

  protected onTop(atTop: boolean): void {
    this.heldSince.set(atTop ? null : (this.heldSince() ?? this.all()[0]?.createdAt ?? null));
  }

  protected showNew(): void {
    this.heldSince.set(null);
    this.table()?.toTop();
  }

  protected pickMetric(name: string): void {
    this.metricChoice.set(name);
  }

  protected act(what: 'rerun' | 'stop' | 'remove'): void {
    const runs = this.selected();
    if (what !== 'stop') this.chooseAll(false);
    if (what === 'rerun') void this.actions.rerun(runs);
    else if (what === 'stop') void this.actions.stop(runs);
    else this.remove(runs);
  }

  protected clearFilter(): void {
    this.text.set('');
    this.state.set('');
    this.machineId.set('');
    this.tag.set('');
  }

  /** The focus goes on to the row after the first that is gone. */
  private remove(runs: RunView[]): void {
    const before = this.runs();
    this.actions.remove(runs);
    const left = new Set(this.runs().map(({ id }) => id));
    const at = before.findIndex(({ id }) => !left.has(id));
    const next = before.slice(at).find(({ id }) => left.has(id)) ?? before[at - 1];
    if (next) afterNextRender(() => this.table()?.focus(next.id), { injector: this.injector });
  }

  private onFocused(act: (run: RunView) => void): void {
    const run = this.table()?.focused();
    if (run) act(run);
  }

  /** The selected runs, or the one that has the focus. */
  private onChosen(act: (runs: RunView[]) => void): void {
    const focused = this.table()?.focused();
    const runs = this.selected().length > 0 ? this.selected() : focused ? [focused] : [];
    if (runs.length > 0) act(runs);
  }
}
