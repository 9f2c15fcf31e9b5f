import type { Page, RunFilter, RunQuery } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { OwnedRunsRepository } from '../../run-records/owned-runs.repository.js';
import type { Run } from '../../run-records/run.schema.js';

export const FOLD_FIELDS = ['role', 'trial', 'projectId', 'file'] as const;
/** Of one page; where all of them are in rows that stand there already, it ends short of its limit. */
const MOST_WALKED = 5_000;
const ID_CHARS = 24;

/** Which runs share one row with it: those of its sweep, or the dial's of its file. Null where it has its own row. */
export function foldOf({ role, trial, projectId, file }: Partial<Pick<Run, (typeof FOLD_FIELDS)[number]>>) {
  if (trial) return { sweepId: trial.sweepId } satisfies RunFilter;
  if (role === 'dial' && projectId !== undefined && file) return { projectId, file, role } satisfies RunFilter;
  return null;
}
export const keyOf = (fold: ReturnType<typeof foldOf>): string | null => fold && JSON.stringify(fold);

/** The list of runs by time in which runs that belong together are one: the first of them stands for all. */
@Injectable()
export class FoldedRuns {
  constructor(private readonly runs: OwnedRunsRepository) {}

  /** Ids of the runs that have a row. */
  async firsts(ownerId: string, query: RunQuery): Promise<Page<string>> {
    const newestFirst = query.sort !== 'createdAt';
    const after = query.cursor?.slice(0, ID_CHARS) ?? null;
    const items: string[] = [];
    const seen = new Set<string>();
    let last = after;
    let walked = 0;
    for await (const run of this.runs.some(ownerId, query, FOLD_FIELDS, { after, newestFirst, most: MOST_WALKED })) {
      const fold = foldOf(run);
      const key = keyOf(fold);
      const known = key !== null && seen.has(key);
      if (key !== null) seen.add(key);
      const before = { ...query, ...fold };
      const onEarlierPage = fold && !known && after && (await this.runs.hasUpTo(ownerId, before, after, newestFirst));
      if (!known && !onEarlierPage) {
        if (items.length === query.limit) return { items, nextCursor: last };
        items.push(run.id);
      }
      last = run.id;
      walked++;
    }
    return { items, nextCursor: walked === MOST_WALKED ? last : null };
  }
}
