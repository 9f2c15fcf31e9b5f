import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  type ElementRef,
  inject,
  Injector,
  linkedSignal,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatDialog } from '@angular/material/dialog';
import { MatMenuModule } from '@angular/material/menu';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { plural } from '../../core/format';
import { Hotkeys } from '../../core/hotkeys';
import { sentence } from '../../core/problem';
import { isActive } from '../../core/protocol-values';
import { MachinesStore } from '../../machines/machines-store';
import { ProjectsStore } from '../../projects/projects-store';
import { metricNames } from '../../runs/main-metric';
import { RunActions } from '../../runs/run-actions';
import { type RunFilter, RunsApi } from '../../runs/runs-api';
import { RunsStore } from '../../runs/runs-store';
import { Icon } from '../../ui/icon';
import { LoadFailure } from '../../ui/load-failure';
import type { NameQuestion } from '../../ui/name-dialog';
import { knobColumns } from './knob-columns';
import { RUN_COLUMNS, RunColumns } from './run-columns';
import { type ListFilter, matches, STATE_FILTERS, statesOf } from './run-list';
import { choiceOf, NEWEST_FIRST, paramsOf, type RunsChoice } from './runs-choice';
import { RunsGroups } from './runs-groups';
import { RunsTable } from './runs-table';

const PAGE = 50;
/** What is typed stands in the address after this pause. */
const TYPED_MS = 300;

/** All runs, live, in any order or in groups: filters, and what can be done with several at once. */
@Component({
  selector: 'mle-runs-page',
  imports: [Icon, LoadFailure, MatMenuModule, RouterLink, RunsGroups, RunsTable],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './runs-page.html',
  styleUrl: './runs-page.scss',
})
export class RunsPage {
  private readonly api = inject(RunsApi);
  private readonly store = inject(RunsStore);
  private readonly router = inject(Router);
  private readonly dialog = inject(MatDialog);
  protected readonly projects = inject(ProjectsStore);
  protected readonly machines = inject(MachinesStore);
  protected readonly columns = inject(RunColumns);
  protected readonly actions = inject(RunActions);
  private readonly injector = inject(Injector);
  private readonly search = viewChild.required<ElementRef<HTMLInputElement>>('search');
  private readonly table = viewChild(RunsTable);
  protected readonly allColumns = RUN_COLUMNS;
  protected readonly stateFilters = STATE_FILTERS;
  private readonly address = toSignal(inject(ActivatedRoute).queryParams, { requireSync: true });
  protected readonly choice = computed(() => choiceOf(this.address()));
  /** As typed; the address follows. */
  protected readonly text = linkedSignal(() => this.choice().text);
  protected readonly thisProject = computed(() => !this.choice().everywhere);
  private readonly metricChoice = signal<string | null>(null);
  protected readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  protected readonly error = signal<string | null>(null);
  private readonly cursor = signal<string | null>(null);
  protected readonly more = computed(() => this.cursor() !== null);
  protected readonly chosen = signal<ReadonlySet<string>>(new Set());
  /** New rows wait while one reads further down: runs made after this moment. */
  private readonly heldSince = signal<string | null>(null);
  private chosenLast: string | null = null;
  private loads = 0;

  private readonly filter = computed<ListFilter>(() => ({
    ...this.choice(),
    projectId: this.thisProject() ? (this.projects.current()?.id ?? null) : null,
    text: this.text().trim(),
  }));
  /** The runs in the server's order; null: newest first, as the page itself knows. */
  private readonly order = signal<readonly string[] | null>(null);
  private readonly all = computed(() => {
    const [filter, hidden, order] = [this.filter(), this.actions.hidden(), this.order()];
    const runs = order === null ? this.store.all() : order.flatMap((id) => this.store.get(id) ?? []);
    return runs.filter((run) => !hidden.has(run.id) && matches(run, filter));
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
  protected readonly filtered = computed(() => {
    const { state, machineId, tag, file, knobs } = this.choice();
    return this.text() !== '' || knobs.length > 0 || [state, machineId, tag, file].some((value) => value !== '');
  });
  protected readonly knobs = computed(() => knobColumns(this.all()));
  protected readonly groupNames = computed(() => {
    const { group } = this.choice();
    return group === '' || this.knobs().includes(group) ? this.knobs() : [group, ...this.knobs()];
  });
  private readonly asked = computed<RunFilter>(() => {
    const { projectId, text, machineId, tag, file, knobs } = this.filter();
    return {
      projectId: projectId ?? undefined,
      state: statesOf(this.filter())?.join(','),
      machineId,
      tag,
      file,
      text,
      sort: this.choice().sort,
      ...Object.fromEntries(knobs.map(([name, value]) => [`knob.${name}`, value])),
    };
  });
  protected readonly csvUrl = computed(() => this.api.csvUrl(this.asked()));
  protected readonly groupFilter = computed<RunFilter>(() => ({ ...this.asked(), sort: undefined }));
  protected readonly comparison = computed(() => ({
    runs: this.selected()
      .map(({ id }) => id)
      .join(','),
  }));

  constructor() {
    effect((onCleanup) => {
      this.asked();
      // Another list begins at its top.
      untracked(() => this.showNew());
      // Typing waits a moment; the rows that are here are filtered at once.
      const timer = setTimeout(() => untracked(() => void this.load()), this.text() ? 200 : 0);
      onCleanup(() => clearTimeout(timer));
    });
    effect((onCleanup) => {
      const text = this.text();
      if (text === untracked(this.choice).text) return;
      const timer = setTimeout(() => this.change({ text }, true), TYPED_MS);
      onCleanup(() => clearTimeout(timer));
    });
    inject(Hotkeys).bind({
      J: () => this.table()?.move(1),
      K: () => this.table()?.move(-1),
      X: () => this.onFocused((run) => this.choose(run.id, !this.chosen().has(run.id), false)),
      'Shift+X': () => this.onFocused((run) => this.choose(run.id, true, true)),
      C: () => this.compare(),
      T: () => this.onChosen((runs) => void this.tag(runs)),
      R: () => this.onChosen((runs) => void this.actions.rerun(runs)),
      S: () => this.onChosen((runs) => void this.actions.stop(runs)),
      Enter: () => this.onFocused((run) => void this.router.navigate(['/runs', run.id])),
      '/': () => this.search().nativeElement.focus(),
    });
  }

  protected async load(next = false): Promise<void> {
    const asked = ++this.loads;
    const byTime = this.choice().sort === NEWEST_FIRST;
    const cursor = next ? (this.cursor() ?? undefined) : undefined;
    try {
      const page = await this.api.list({ ...this.asked(), limit: PAGE, cursor });
      if (asked !== this.loads) return;
      this.store.put(...page.items);
      const ids = page.items.map(({ id }) => id);
      this.order.update((order) => (byTime ? null : next ? [...(order ?? []), ...ids] : ids));
      this.cursor.set(page.nextCursor);
      this.status.set('ready');
      this.error.set(null);
    } catch (error) {
      if (asked !== this.loads) return;
      this.error.set(sentence(error));
      this.status.set(this.status() === 'ready' ? 'ready' : 'error');
    }
  }

  protected change(change: Partial<RunsChoice>, replaceUrl = false): void {
    const project = this.projects.current()?.id;
    const queryParams = {
      ...paramsOf({ ...this.choice(), text: this.text(), ...change }),
      ...(project && { project }),
    };
    void this.router.navigate([], { queryParams, replaceUrl });
  }

  protected without(knob: string): void {
    this.change({ knobs: this.choice().knobs.filter(([name]) => name !== knob) });
  }

  /** The runs of a group, one by one. */
  protected openGroup(value: string): void {
    const { group, knobs } = this.choice();
    this.change({ group: '', knobs: [...knobs.filter(([name]) => name !== group), [group, value]] });
  }

  /** With Shift all from the one that was chosen last. */
  protected choose(id: string, on: boolean, range: boolean): void {
    const ids = this.runs().map((run) => run.id);
    const [from, to] = [ids.indexOf(this.chosenLast ?? ''), ids.indexOf(id)];
    const changed = range && from !== -1 ? ids.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
    this.chosenLast = id;
    this.chosen.update((old) => {
      const next = new Set(old);
      for (const each of changed)
        if (on) next.add(each);
        else next.delete(each);
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
    this.change({ text: '', state: '', machineId: '', tag: '', file: '', knobs: [] });
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

  private compare(): void {
    if (this.selected().length > 1) void this.router.navigate(['/compare'], { queryParams: this.comparison() });
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
