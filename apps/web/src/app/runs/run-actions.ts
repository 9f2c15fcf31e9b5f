import { Injectable, inject, signal } from '@angular/core';
import type { RunView } from '@mle/protocol';
import { sentence } from '../core/problem';
import { Toasts, UNDO_MS } from '../core/toasts';
import { isActive } from '../core/protocol-values';
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

  async rerun(runs: readonly RunView[]): Promise<RunView[]> {
    const started: RunView[] = [];
    for (const run of runs) {
      try {
        const next = await this.api.rerun(run.id);
        this.store.put(next);
        started.push(next);
      } catch (error) {
        this.toasts.error(`Run ${run.number} was not run again. ${sentence(error)}`);
      }
    }
    return started;
  }

  async stop(runs: readonly RunView[]): Promise<void> {
    for (const run of runs.filter((candidate) => isActive(candidate.state))) {
      try {
        await this.api.stop(run.id);
      } catch (error) {
        if (isActive(this.store.get(run.id)?.state ?? 'lost')) this.toasts.error(`Run ${run.number} was not stopped. ${sentence(error)}`);
      }
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
