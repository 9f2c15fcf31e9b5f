import { inject, Injectable } from '@angular/core';
import type { AttemptProgress, RunView } from '@mle/protocol';
import { Clock } from '../core/clock';
import { elapsed, plural } from '../core/format';
import { ServerState } from '../core/server-state';
import { runTime } from './run-words';
import { RunsStore } from './runs-store';

/** What each run is doing at this moment. */
@Injectable({ providedIn: 'root' })
export class RunActivity {
  private readonly runs = inject(RunsStore);
  private readonly clock = inject(Clock);
  private readonly server = inject(ServerState);

  /** Why a run waits is not said while the server is silent: it may have changed since. */
  of(run: RunView): string {
    const known = this.server.refusal() === null ? run : { ...run, waitReason: null, place: null };
    return activity(known, this.runs.progress(run.id), this.clock.now());
  }
}

function activity(run: RunView, progress: AttemptProgress | null, now: number): string {
  switch (run.state) {
    case 'queued':
      return run.waitReason ?? (run.place ? `queued, ${run.place} in line` : 'queued');
    case 'assigned':
      return 'assigned';
    case 'preparing':
      if (!progress) return 'preparing';
      if (progress.phase === 'setup') return 'setting up';
      return progress.filesTotal > 0
        ? `syncing ${progress.filesDone} of ${plural(progress.filesTotal, 'file')}`
        : 'syncing';
    default: {
      const time = runTime(run, now);
      return time === null ? run.state : `${run.state} ${elapsed(time)}`;
    }
  }
}
