import type { RunView } from '@mle/protocol';
import { isActive } from '../core/protocol-values';

/** `train.py`, or the command where no file was named. */
export const runTitle = (run: RunView): string => run.file ?? run.command ?? 'run';

/** How long it has run or ran, in milliseconds; null before it started. */
export function runTime(run: RunView, now: number): number | null {
  if (run.durationMs !== null && !isActive(run.state)) return run.durationMs;
  if (!run.startedAt) return null;
  return Math.max(0, (run.finishedAt ? Date.parse(run.finishedAt) : now) - Date.parse(run.startedAt));
}

/** How it ended, in words: what the program said last, `exit 1`, `SIGKILL`, the reason. Empty while it is active or where success says it all. */
export function outcome(run: RunView): string {
  if (isActive(run.state)) return '';
  const parts: string[] = [];
  if (run.failure) parts.push(run.failure.sentence);
  if (run.exitCode !== null) parts.push(`exit ${run.exitCode}`);
  else if (run.signal) parts.push(run.signal);
  if (run.reason) parts.push(run.reason);
  return parts.join(', ');
}
