import type { RunView } from '@mle/protocol';

/** Runs that belong together, as one row: those of a sweep, or the dial's of one file. */
export interface RunFold {
  key: string;
  /** The first of them in the order of the list. */
  first: RunView;
  /** Those that are loaded. */
  runs: readonly RunView[];
}

/** A row of the list: a run of its own or in an open fold, or a fold. */
export type RunRow = { id: string } & (
  { run: RunView; fold: null; inFold: boolean } | { run: null; fold: RunFold; open: boolean }
);

/** What asks the server for the runs of a fold. */
export type FoldFilter = { sweepId: string } | { projectId: string; file: string; role: 'dial' };

/** Null where the run has a row of its own. */
export function foldFilter({ sweepId, role, projectId, file }: RunView): FoldFilter | null {
  if (sweepId !== null) return { sweepId };
  return role === 'dial' && file !== null ? { projectId, file, role } : null;
}

export function foldKey(run: RunView): string | null {
  const filter = foldFilter(run);
  return filter && ('sweepId' in filter ? filter.sweepId : `dial ${filter.projectId} ${filter.file}`);
}

/** The rows of runs that are in order. A fold stands where its first run does; its own come below it while it is open. */
export function foldedRows(
  runs: readonly RunView[],
  loaded: (key: string) => readonly RunView[],
  isOpen: (key: string) => boolean,
): RunRow[] {
  const byKey = new Map<string, RunView[]>();
  for (const run of runs) {
    const key = foldKey(run);
    if (key === null) continue;
    const own = byKey.get(key);
    if (own) own.push(run);
    else byKey.set(key, [run]);
  }
  const rows: RunRow[] = [];
  for (const run of runs) {
    const key = foldKey(run);
    if (key === null) rows.push({ id: run.id, run, fold: null, inFold: false });
    if (key === null || byKey.get(key)?.[0] !== run) continue;
    const known = loaded(key);
    const ids = new Set(known.map(({ id }) => id));
    const own = [...(byKey.get(key) ?? []).filter(({ id }) => !ids.has(id)), ...known];
    const open = isOpen(key);
    rows.push({ id: key, run: null, fold: { key, first: run, runs: own }, open });
    if (open) rows.push(...own.map((each) => ({ id: each.id, run: each, fold: null, inFold: true }) as const));
  }
  return rows;
}

export const plainRows = (runs: readonly RunView[]): RunRow[] =>
  runs.map((run) => ({ id: run.id, run, fold: null, inFold: false }));
