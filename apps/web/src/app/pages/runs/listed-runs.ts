import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { RunView } from '@mle/protocol';
import { sentence } from '../../core/problem';
import { RunActions } from '../../runs/run-actions';
import { RunsApi } from '../../runs/runs-api';
import { RunsStore } from '../../runs/runs-store';
import { matches } from './run-list';
import { foldedRows, type FoldFilter, foldFilter, foldKey, plainRows, type RunFold } from './run-rows';
import { NEWEST_FIRST } from './runs-choice';
import { RunsFilter } from './runs-filter';

const PAGE = 50;
const FOLD_PAGE = 200;
/** Of one fold; a sweep has no more unless much of it was run again. */
const MOST_IN_FOLD = 1_000;

/** The runs that the page lists, live, as rows: in the server's order, and those that belong together in one. */
@Injectable()
export class ListedRuns {
  private readonly api = inject(RunsApi);
  private readonly store = inject(RunsStore);
  private readonly actions = inject(RunActions);
  private readonly filter = inject(RunsFilter);
  readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  readonly error = signal<string | null>(null);
  private readonly cursor = signal<string | null>(null);
  readonly more = computed(() => this.cursor() !== null);
  /** The runs in the server's order; null: newest first, as the page itself knows. */
  private readonly order = signal<readonly string[] | null>(null);
  private readonly opened = signal<ReadonlyMap<string, FoldFilter>>(new Map());
  /** Ids of the runs of folds, in the server's order. */
  private readonly loaded = signal<ReadonlyMap<string, readonly string[]>>(new Map());
  /** What came after this moment is not shown yet. */
  private readonly heldSince = signal<string | null>(null);
  private loads = 0;
  private readonly listed = computed(() => {
    const order = this.order();
    return this.shown(order === null ? this.store.all() : this.known(order));
  });
  private readonly allRows = computed(() => this.rowsOf(this.listed()));
  readonly rows = computed(() => {
    const since = this.heldSince();
    return since === null ? this.allRows() : this.rowsOf(this.listed().filter((run) => run.createdAt <= since));
  });
  readonly waiting = computed(() => this.allRows().length - this.rows().length);
  /** Those in rows and in folds, as far as they are loaded. */
  readonly runs = computed(() => {
    const runs = this.allRows().flatMap((row) => (row.fold ? row.fold.runs : row.inFold ? [] : [row.run]));
    return [...new Set(runs)];
  });

  constructor() {
    effect((onCleanup) => {
      this.filter.asked();
      this.filter.folded();
      // Another list begins at its top.
      untracked(() => this.hold(false));
      // Typing waits a moment; the rows that are here are filtered at once.
      const timer = setTimeout(() => untracked(() => void this.load()), this.filter.text() ? 200 : 0);
      onCleanup(() => clearTimeout(timer));
    });
  }

  async load(next = false): Promise<void> {
    const asked = ++this.loads;
    const { sort } = this.filter.choice();
    const cursor = next ? (this.cursor() ?? undefined) : undefined;
    try {
      const folded = this.filter.folded() || undefined;
      const page = await this.api.list({ ...this.filter.asked(), folded, limit: PAGE, cursor });
      if (asked !== this.loads) return;
      this.store.put(...page.items);
      const ids = page.items.map(({ id }) => id);
      this.order.update((order) => (sort === NEWEST_FIRST ? null : next ? [...(order ?? []), ...ids] : ids));
      this.cursor.set(page.nextCursor);
      this.status.set('ready');
      this.error.set(null);
      if (next) return;
      this.loaded.set(new Map());
      for (const [key, fold] of this.opened()) await this.loadFold(key, fold);
    } catch (error) {
      if (asked !== this.loads) return;
      this.error.set(sentence(error));
      this.status.set(this.status() === 'ready' ? 'ready' : 'error');
    }
  }

  /** New runs wait while one looks at older ones. */
  hold(on: boolean): void {
    this.heldSince.set(on ? (this.heldSince() ?? this.listed()[0]?.createdAt ?? null) : null);
  }

  async toggle({ key, first }: RunFold): Promise<void> {
    const filter = foldFilter(first);
    const next = new Map(this.opened());
    if (!next.delete(key) && filter) next.set(key, filter);
    this.opened.set(next);
    if (next.has(key)) await this.runsOf(key, first);
  }

  /** All runs of a fold that the filter leaves. */
  async runsOf(key: string, first: RunView): Promise<readonly RunView[]> {
    const filter = foldFilter(first);
    try {
      if (filter && !this.loaded().has(key)) await this.loadFold(key, filter);
    } catch (error) {
      this.error.set(sentence(error));
    }
    return this.runs().filter((run) => foldKey(run) === key);
  }

  private async loadFold(key: string, fold: FoldFilter): Promise<void> {
    const { loads } = this;
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.api.list({ ...this.filter.asked(), ...fold, limit: FOLD_PAGE, cursor });
      if (loads !== this.loads) return;
      this.store.put(...page.items);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && ids.length < MOST_IN_FOLD);
    this.loaded.update((map) => new Map(map).set(key, ids));
  }

  private rowsOf(runs: readonly RunView[]) {
    if (!this.filter.folded()) return plainRows(runs);
    const [loaded, opened] = [this.loaded(), this.opened()];
    return foldedRows(
      runs,
      (key) => this.shown(this.known(loaded.get(key) ?? [])),
      (key) => opened.has(key),
    );
  }

  private known(ids: readonly string[]): RunView[] {
    return ids.flatMap((id) => this.store.get(id) ?? []);
  }

  private shown(runs: readonly RunView[]): RunView[] {
    const [filter, hidden] = [this.filter.list(), this.actions.hidden()];
    return runs.filter((run) => !hidden.has(run.id) && matches(run, filter));
  }
}
