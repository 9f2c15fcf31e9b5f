import type { ParamValue, RunView } from '@mle/protocol';

/** One difference to the run before: `learning_rate 0.5 → 1.6`. `was` is null where nothing can be told of before. */
export interface Change {
  name: string;
  was: string | null;
  now: string;
}

const shown = (value: ParamValue | undefined): string => (value === undefined ? 'unset' : String(value));

/** What differs from the run before of the same file; null when there was none. Code counts by its snapshot. */
export function changesSince(run: RunView, before: RunView | null): Change[] | null {
  if (!before) return null;
  const changes: Change[] = [];
  for (const name of new Set([...Object.keys(before.params), ...Object.keys(run.params)])) {
    const [was, now] = [shown(before.params[name]), shown(run.params[name])];
    if (was !== now) changes.push({ name, was, now });
  }
  const [argsWas, argsNow] = [before.args.join(' '), run.args.join(' ')];
  if (argsWas !== argsNow) changes.push({ name: 'arguments', was: argsWas || 'none', now: argsNow || 'none' });
  if (run.seed !== before.seed) changes.push({ name: 'seed', was: String(before.seed), now: String(run.seed) });
  if (run.snapshotId !== before.snapshotId) changes.push({ name: 'code', was: null, now: 'changed' });
  return changes;
}

/** The run of the same file that came before, among those known. `runs` are newest first. */
export function runBefore(run: RunView, runs: readonly RunView[]): RunView | null {
  return (
    runs.find(
      (other) =>
        other.projectId === run.projectId &&
        other.number < run.number &&
        other.file === run.file &&
        other.command === run.command,
    ) ?? null
  );
}
