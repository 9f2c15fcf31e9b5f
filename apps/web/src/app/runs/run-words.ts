import type { AttemptProgress, RunView } from '@mle/protocol';
import { elapsed, plural } from '../core/format';
import { isActive } from '../core/protocol-values';

/** `train.py`, or the command where no file was named. */
export const runTitle = (run: RunView): string => run.file ?? run.command ?? 'run';

/** How long it has run or ran, in milliseconds; null before it started. */
export function runTime(run: RunView, now: number): number | null {
  if (run.durationMs !== null && !isActive(run.state)) return run.durationMs;
  if (!run.startedAt) return null;
  return Math.max(0, (run.finishedAt ? Date.parse(run.finishedAt) : now) - Date.parse(run.startedAt));
}

/** What a run is doing, for the line below its machine. */
export function activity(run: RunView, progress: AttemptProgress | null, now: number): string {
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

/** How it ended, in words: `exit 1`, `SIGKILL`, the reason. Empty while it is active or where success says it all. */
export function outcome(run: RunView): string {
  if (isActive(run.state)) return '';
  const parts: string[] = [];
  if (run.exitCode !== null) parts.push(`exit ${run.exitCode}`);
  else if (run.signal) parts.push(run.signal);
  if (run.reason) parts.push(run.reason);
  return parts.join(', ');
}
