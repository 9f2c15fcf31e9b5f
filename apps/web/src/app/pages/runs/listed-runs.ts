import { computed, DestroyRef, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { Router } from '@angular/router';
import type { Page, RunView } from '@mle/protocol';
import { sentence } from '../../core/problem';
import { RunActions } from '../../runs/run-actions';
import { RunsApi } from '../../runs/runs-api';
import { RunsStore } from '../../runs/runs-store';
import { ListLeft, type LoadedList } from './list-left';
import { matches } from './run-list';
import { foldedRows, type FoldFilter, foldFilter, foldKey, plainRows, type RunFold } from './run-rows';
import { NEWEST_FIRST } from './runs-choice';
import { RunsFilter } from './runs-filter';

const PAGE = 50;
/** Who looks at older runs looks at many. */
const NEXT_PAGE = 200;
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
  private readonly left = inject(ListLeft);
  readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  readonly error = signal<string | null>(null);
  /** Where the list goes on that is not loaded yet. */
  readonly cursor = signal<string | null>(null);
  /** The runs in the server's order; null: newest first, as the page itself knows. */
  private readonly order = signal<readonly string[] | null>(null);
  private readonly opened = signal<ReadonlyMap<string, FoldFilter>>(new Map());
  /** Ids of the runs of folds, in the server's order. */
  private readonly loaded = signal<ReadonlyMap<string, readonly string[]>>(new Map());
  /** What came after this moment is not shown yet. */
  private readonly heldSince = signal<string | null>(null);
  private loads = 0;
  /** The load that this list is of. */
  private answered = 0;
  private loadingNext = false;
  /** What follows was asked for while it could not be known. */
  private nextWanted = false;
  /** What the list is of. */
  private readonly key = computed(() => JSON.stringify([this.filter.asked(), this.filter.folded()]));
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
    let comesBack = inject(Router).currentNavigation()?.trigger === 'popstate';
    effect((onCleanup) => {
      const key = this.key();
      if (this.filter.waitsForProject()) return;
      const before = this.left.take(key, comesBack);
      comesBack = false;
      // Another list begins at its top.
      untracked(() => this.hold(false));
      // Typing waits a moment; the rows that are here are filtered at once.
      const timer = setTimeout(() => untracked(() => void this.load(before)), this.filter.text() ? 200 : 0);
      onCleanup(() => clearTimeout(timer));
    });
    inject(DestroyRef).onDestroy(() => {
      const [cursor, order, opened, loaded] = [this.cursor(), this.order(), this.opened(), this.loaded()];
      this.left.leave(this.key(), { cursor, order, opened, loaded });
    });
  }

  /** The beginning of the list, and again what was loaded of it `before`. */
  async load(before: LoadedList | null = null): Promise<void> {
    const asked = ++this.loads;
    try {
      const page = await this.page(PAGE);
      if (asked !== this.loads) return;
      this.inOrder([...idsOf(page), ...(before?.order ?? [])]);
      this.cursor.set(before ? before.cursor : page.nextCursor);
      this.loaded.set(before?.loaded ?? new Map());
      if (before) this.opened.set(before.opened);
      this.answered = asked;
      this.status.set('ready');
      this.error.set(null);
      this.loadWanted();
      for (const [key, fold] of this.opened()) await this.loadFold(key, fold);
    } catch (error) {
      if (asked !== this.loads) return;
      this.error.set(sentence(error));
      this.status.set(this.status() === 'ready' ? 'ready' : 'error');
    }
  }

  /** What follows the rows that are here. */
  async loadNext(): Promise<void> {
    const [cursor, asked] = [this.cursor(), this.loads];
    if (cursor === null) return;
    // Where another list is on its way, there is nothing to follow yet.
    this.nextWanted = this.loadingNext || this.answered !== asked;
    if (this.nextWanted) return;
    this.loadingNext = true;
    try {
      const page = await this.page(NEXT_PAGE, cursor);
      if (asked !== this.loads) return;
      this.inOrder([...(this.order() ?? []), ...idsOf(page)]);
      this.cursor.set(page.nextCursor);
      this.error.set(null);
    } catch (error) {
      if (asked === this.loads) this.error.set(sentence(error));
    } finally {
      this.loadingNext = false;
      // Of the list that came in its place it is wanted too.
      this.nextWanted = asked !== this.loads;
      this.loadWanted();
    }
  }

  private loadWanted(): void {
    if (this.nextWanted) void this.loadNext();
  }

  private async page(limit: number, cursor?: string): Promise<Page<RunView>> {
    const folded = this.filter.folded() || undefined;
    const page = await this.api.list({ ...this.filter.asked(), folded, limit, cursor });
    this.store.put(...page.items);
    return page;
  }

  private inOrder(ids: readonly string[]): void {
    this.order.set(this.filter.choice().sort === NEWEST_FIRST ? null : [...new Set(ids)]);
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

const idsOf = ({ items }: Page<RunView>): string[] => items.map(({ id }) => id);
