import type { ParamValue, RunChange } from '@mle/protocol';
import type { RunRecord } from '../../run-records/run-view.js';

/** What of a run decides how it goes. */
export type ComparedRun = Pick<RunRecord, 'params' | 'args' | 'seed' | 'snapshotId'>;

/** In what a run differs from an earlier one. Its code counts as a whole, by its snapshot. */
export function changesBetween(before: ComparedRun, after: ComparedRun): RunChange[] {
  const changes: RunChange[] = [];
  for (const name of new Set([...Object.keys(before.params), ...Object.keys(after.params)])) {
    const [from, to] = [own(before.params, name), own(after.params, name)];
    if (from !== to) changes.push({ kind: 'param', name, from, to });
  }
  const [from, to] = [before, after].map(({ args }) => args.join(' ') || null) as [string | null, string | null];
  if (JSON.stringify(before.args) !== JSON.stringify(after.args))
    changes.push({ kind: 'args', name: 'arguments', from, to });
  if (before.seed !== after.seed) changes.push({ kind: 'seed', name: 'seed', from: before.seed, to: after.seed });
  if (before.snapshotId !== after.snapshotId) changes.push({ kind: 'code', name: 'code', from: null, to: null });
  return changes;
}

function own(params: RunRecord['params'], name: string): ParamValue | null {
  return Object.hasOwn(params, name) ? (params[name] ?? null) : null;
}
