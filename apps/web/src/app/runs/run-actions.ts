import { inject, Injectable, signal } from '@angular/core';
import type { RunView, UpdateRun } from '@mle/protocol';
import { sentence } from '../core/problem';
import { isActive } from '../core/protocol-values';
import { Toasts, UNDO_MS } from '../core/toasts';
import { RunsApi } from './runs-api';
import { RunsStore } from './runs-store';

/** Rerun, stop and delete, for one run or many. */
@Injectable({ providedIn: 'root' })
export class RunActions {
  private readonly api = inject(RunsApi);
  private readonly store = inject(RunsStore);
  private readonly toasts = inject(Toasts);
  /** Deleted on the page, not yet on the server. */
  readonly hidden = signal<ReadonlySet<string>>(new Set());

  /** With the files that the runs had, or with those that their project has today. */
  async rerun(runs: readonly RunView[], files: 'snapshot' | 'current' = 'snapshot'): Promise<RunView[]> {
    const started: RunView[] = [];
    for (const run of runs) {
      try {
        const next = await this.api.rerun(run.id, { files });
        this.store.put(next);
        started.push(next);
      } catch (error) {
        this.toasts.error(`Run ${run.number} was not run again. ${sentence(error)}`);
      }
    }
    return started;
  }

  async stop(runs: readonly RunView[]): Promise<void> {
    const active = runs.filter((run) => isActive(run.state));
    if (active.length === 0) return;
    try {
      const { items } = await this.api.stopAll(active.map(({ id }) => id));
      for (const item of items) {
        if ('run' in item) this.store.put(item.run);
        else if (isActive(this.store.get(item.id)?.state ?? 'lost'))
          this.toasts.error(`Run ${this.store.get(item.id)?.number} was not stopped. ${item.problem.detail}`);
      }
    } catch (error) {
      this.toasts.error(
        `${active.length === 1 ? `Run ${active[0]?.number} was` : 'The runs were'} not stopped. ${sentence(error)}`,
      );
    }
  }

  /** Tags and notes show at once; what the server refuses goes back, with a word why. */
  async update(run: RunView, change: UpdateRun): Promise<void> {
    const before = { tags: run.tags, note: run.note };
    this.store.patch(run.id, change);
    try {
      this.store.put(await this.api.update(run.id, change));
    } catch (error) {
      this.store.patch(run.id, before);
      this.toasts.error(`Run ${run.number} was not changed. ${sentence(error)}`);
    }
  }

  /** Gone from the page at once; from the server when the time for Undo has passed. Only ended runs. */
  remove(runs: readonly RunView[]): void {
    const ended = runs.filter((run) => !isActive(run.state));
    if (ended.length === 0) return;
    this.hide(ended, true);
    const timer = setTimeout(() => void this.finish(ended), UNDO_MS);
    const text = ended.length === 1 ? `Deleted run ${ended[0]?.number}` : `Deleted ${ended.length} runs`;
    const undo = () => {
      clearTimeout(timer);
      this.hide(ended, false);
    };
    this.toasts.show(text, { icon: 'trash', action: { label: 'Undo', run: undo } });
  }

  private async finish(runs: readonly RunView[]): Promise<void> {
    for (const run of runs) {
      try {
        await this.api.remove(run.id);
        this.store.drop(run.id);
      } catch (error) {
        this.toasts.error(`Run ${run.number} was not deleted. ${sentence(error)}`);
      }
    }
    this.hide(runs, false);
  }

  private hide(runs: readonly RunView[], on: boolean): void {
    this.hidden.update((old) => {
      const next = new Set(old);
      for (const { id } of runs) {
        if (on) next.add(id);
        else next.delete(id);
      }
      return next;
    });
  }
}
