import { effect, inject, Injectable, untracked } from '@angular/core';
import type { RunState, RunView } from '@mle/protocol';
import { Subject } from 'rxjs';
import { isActive } from '../core/protocol-values';
import { RunsStore } from '../runs/runs-store';

/** Tells of each run that ends while the page is open. */
@Injectable({ providedIn: 'root' })
export class EndedRuns {
  private readonly store = inject(RunsStore);
  private readonly known = new Map<string, RunState>();
  readonly ended = new Subject<RunView>();

  constructor() {
    effect(() => {
      const runs = this.store.all();
      untracked(() => runs.forEach((run) => this.note(run)));
    });
  }

  private note(run: RunView): void {
    const before = this.known.get(run.id);
    this.known.set(run.id, run.state);
    if (before && isActive(before) && !isActive(run.state)) this.ended.next(run);
  }
}
