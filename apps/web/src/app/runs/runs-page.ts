import { ChangeDetectionStrategy, Component, computed, effect, inject, signal, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { RunView } from '@mle/protocol';
import { Clock } from '../core/clock';
import { ago, duration, elapsed, plural } from '../core/format';
import { sentence } from '../core/problem';
import { isActive } from '../core/protocol-values';
import { ProjectsStore } from '../projects/projects-store';
import { Icon } from '../ui/icon';
import { StateChip } from '../ui/state-chip';
import { RunActions } from './run-actions';
import { changesSince, runBefore, type Change } from './run-changes';
import { matches, STATE_FILTERS, statesOf, type ListFilter } from './run-list';
import { activity, outcome, runTime, runTitle } from './run-words';
import { RunsApi } from './runs-api';
import { RunsStore } from './runs-store';

const PAGE = 50;

interface RunRow {
  run: RunView;
  title: string;
  changes: Change[] | null;
  started: string;
  time: string;
  outcome: string;
  bad: boolean;
}

/** All runs, newest first, live. */
@Component({
  selector: 'mle-runs-page',
  imports: [Icon, RouterLink, StateChip],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './runs-page.html',
  styleUrl: './runs-page.scss',
})
export class RunsPage {
  private readonly api = inject(RunsApi);
  private readonly store = inject(RunsStore);
  private readonly clock = inject(Clock);
  protected readonly projects = inject(ProjectsStore);
  protected readonly actions = inject(RunActions);
  protected readonly stateFilters = STATE_FILTERS;
  protected readonly text = signal('');
  protected readonly state = signal('');
  protected readonly thisProject = signal(true);
  protected readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  protected readonly error = signal<string | null>(null);
  private readonly cursor = signal<string | null>(null);
  protected readonly more = computed(() => this.cursor() !== null);
  private readonly chosen = signal<ReadonlySet<string>>(new Set());
  private asked = 0;

  private readonly filter = computed<ListFilter>(() => ({
    projectId: this.thisProject() ? (this.projects.current()?.id ?? null) : null,
    state: this.state(),
    text: this.text().trim(),
  }));
  private readonly runs = computed(() => {
    const [filter, hidden] = [this.filter(), this.actions.hidden()];
    return this.store.all().filter((run) => !hidden.has(run.id) && matches(run, filter));
  });
  protected readonly rows = computed(() => this.runs().map((run) => this.row(run)));
  protected readonly selected = computed(() => this.runs().filter((run) => this.chosen().has(run.id)));
  protected readonly selectedActive = computed(() => this.selected().filter((run) => isActive(run.state)).length);
  protected readonly summary = computed(() => {
    const active = this.runs().filter((run) => isActive(run.state)).length;
    return `${plural(this.runs().length, 'run')}${this.more() ? ' loaded' : ''}${active > 0 ? `, ${active} active` : ''}`;
  });
  protected readonly filtered = computed(() => this.text() !== '' || this.state() !== '');

  constructor() {
    effect((onCleanup) => {
      this.filter();
      // Typing waits a moment; the rows that are here are filtered at once.
      const timer = setTimeout(() => untracked(() => void this.load()), this.text() ? 200 : 0);
      onCleanup(() => clearTimeout(timer));
    });
  }

  protected async load(next = false): Promise<void> {
    const asked = ++this.asked;
    const { projectId, text } = this.filter();
    try {
      const page = await this.api.list({
        projectId: projectId ?? undefined,
        state: statesOf(this.filter())?.join(','),
        text: text || undefined,
        limit: PAGE,
        cursor: next ? (this.cursor() ?? undefined) : undefined,
      });
      if (asked !== this.asked) return;
      page.items.forEach((run) => this.store.put(run));
      this.cursor.set(page.nextCursor);
      this.status.set('ready');
      this.error.set(null);
    } catch (error) {
      if (asked !== this.asked) return;
      this.error.set(sentence(error));
      this.status.set(this.status() === 'ready' ? 'ready' : 'error');
    }
  }

  protected isChosen(run: RunView): boolean {
    return this.chosen().has(run.id);
  }

  protected choose(run: RunView, on: boolean): void {
    this.chosen.update((old) => {
      const next = new Set(old);
      if (on) next.add(run.id);
      else next.delete(run.id);
      return next;
    });
  }

  protected chooseAll(on: boolean): void {
    this.chosen.set(new Set(on ? this.runs().map((run) => run.id) : []));
  }

  protected rerun(): void {
    const runs = this.selected();
    this.chooseAll(false);
    void this.actions.rerun(runs);
  }

  protected remove(): void {
    const runs = this.selected();
    this.chooseAll(false);
    this.actions.remove(runs);
  }

  protected clearFilter(): void {
    this.text.set('');
    this.state.set('');
  }

  private row(run: RunView): RunRow {
    const now = this.clock.now();
    const time = runTime(run, now);
    const waits = isActive(run.state) && run.state !== 'running';
    return {
      run,
      title: runTitle(run),
      changes: changesSince(run, runBefore(run, this.store.all())),
      started: ago(run.startedAt ?? run.createdAt, now),
      time: time === null ? '–' : isActive(run.state) ? elapsed(time) : duration(time),
      outcome: waits ? activity(run, this.store.progress(run.id), now) : run.state === 'succeeded' ? '' : outcome(run),
      bad: run.state === 'failed',
    };
  }
}
