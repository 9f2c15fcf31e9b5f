import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { AttemptProgress, RunView } from '@mle/protocol';
import { EventsSocket } from '../core/events-socket';
import { Pacer } from '../core/pacer';
import { sentence } from '../core/problem';
import { ACTIVE, isActive } from '../core/protocol-values';
import { Session } from '../core/session';
import { ProjectsStore } from '../projects/projects-store';
import { RunsApi } from './runs-api';

/** Busy runs change many times a second; a page that follows each change is restless and slow. */
const PACE_MS = 250;

/** Runs that the page knows of: all active ones and the latest of the open project, kept up to date by events. */
@Injectable({ providedIn: 'root' })
export class RunsStore {
  private readonly api = inject(RunsApi);
  private readonly events = inject(EventsSocket);
  private readonly session = inject(Session);
  private readonly projects = inject(ProjectsStore);
  private readonly byId = signal<ReadonlyMap<string, RunView>>(new Map());
  private readonly progressOf = signal<ReadonlyMap<string, AttemptProgress>>(new Map());
  private readonly changed = new Pacer<RunView>(PACE_MS, (runs) => this.merge(runs));
  private readonly progressed = new Pacer<AttemptProgress>(PACE_MS, (all) =>
    this.progressOf.update((map) => new Map([...map, ...all.map((progress) => [progress.runId, progress] as const)])),
  );
  readonly status = signal<'loading' | 'ready' | 'error'>('loading');
  readonly error = signal<string | null>(null);
  /** Newest first. */
  readonly all = computed(() =>
    [...this.byId().values()].sort((a, b) =>
      a.createdAt === b.createdAt ? b.number - a.number : a.createdAt < b.createdAt ? 1 : -1,
    ),
  );
  readonly active = computed(() => this.all().filter((run) => isActive(run.state)));
  readonly ofProject = computed(() => {
    const project = this.projects.current();
    return this.all().filter((run) => run.projectId === project?.id);
  });

  constructor() {
    this.events.on('run.changed', (run) => this.changed.push(run));
    this.events.on('run.deleted', ({ id }) => this.drop(id));
    this.events.on('run.progress', (progress) => this.progressed.push(progress));
    const projectId = computed(() => this.projects.current()?.id);
    effect(() => {
      const times = this.events.reading();
      if (times > 0 && this.session.user()) untracked(() => void this.loadActive());
    });
    effect(() => {
      const [times, id] = [this.events.reading(), projectId()];
      if (times > 0 && id !== undefined && this.session.user()) untracked(() => void this.loadLatest(id));
    });
  }

  get(id: string | null): RunView | null {
    return id ? (this.byId().get(id) ?? null) : null;
  }

  progress(runId: string): AttemptProgress | null {
    return this.progressOf().get(runId) ?? null;
  }

  async load(projectId: string | undefined): Promise<void> {
    await Promise.all([this.loadActive(), projectId === undefined ? null : this.loadLatest(projectId)]);
  }

  private async loadActive(): Promise<void> {
    try {
      const { items } = await this.api.list({ state: ACTIVE.join(','), limit: 200 });
      const ids = new Set(items.map((run) => run.id));
      const ended = this.active().filter((run) => !ids.has(run.id));
      this.put(...items);
      this.status.set('ready');
      this.error.set(null);
      // Runs that ended while the line was down are on no list of active runs.
      await Promise.all(ended.map((run) => this.refresh(run.id)));
    } catch (error) {
      this.failed(error);
    }
  }

  private async loadLatest(projectId: string): Promise<void> {
    try {
      const { items } = await this.api.list({ projectId, limit: 30 });
      this.put(...items);
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    this.error.set(sentence(error));
    if (this.status() === 'loading') this.status.set('error');
  }

  /** Asks for one run, as when its page is opened; a run that is gone leaves the store. */
  async refresh(id: string): Promise<RunView> {
    try {
      const run = await this.api.get(id);
      this.put(run);
      return run;
    } catch (error) {
      if (error instanceof Error && 'status' in error && error.status === 404) this.drop(id);
      throw error;
    }
  }

  put(...runs: readonly RunView[]): void {
    this.changed.flush();
    this.merge(runs);
  }

  /** Shows a change before the server has answered. */
  patch(id: string, change: Partial<RunView>): void {
    this.changed.flush();
    const run = this.byId().get(id);
    if (run) this.byId.update((map) => new Map(map).set(id, { ...run, ...change }));
  }

  drop(id: string): void {
    this.changed.flush();
    this.byId.update((map) => {
      const next = new Map(map);
      next.delete(id);
      return next;
    });
  }

  private merge(runs: readonly RunView[]): void {
    const next = new Map(this.byId());
    for (const run of runs) if (!isStale(run, next.get(run.id))) next.set(run.id, run);
    this.byId.set(next);
  }
}

/** An answer to an older question may come after a newer event: a run never goes back within its attempt. */
export function isStale(next: RunView, known: RunView | undefined): boolean {
  if (!known) return false;
  if (next.attempt !== known.attempt) return next.attempt < known.attempt;
  return historyLength(next) < historyLength(known);
}

const historyLength = (run: RunView): number => run.attempts.at(-1)?.history.length ?? 0;
