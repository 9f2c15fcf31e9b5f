import {
  ACTIVE_STATES,
  isTerminal,
  LIMITS,
  type Page,
  type RunFilter,
  type RunQuery,
  type UpdateRun,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, QueryFilter } from 'mongoose';
import { objectId } from '../platform/database/ids.js';
import { DeletedProjectsRepository } from './deleted-projects.repository.js';
import { Run } from './run.schema.js';
import { type RunRecord, runRecord } from './run-view.js';

const BATCH = 500;
const ID_CHARS = 24;

/** Which runs are read, by the time at which they were made. */
interface Walk {
  after?: string | null;
  newestFirst?: boolean;
  most?: number;
}

/** Runs as their owners see them: without those of another, and without those whose project is gone. */
@Injectable()
export class OwnedRunsRepository {
  constructor(
    @InjectModel(Run.name) private readonly runs: Model<Run>,
    private readonly deletedProjects: DeletedProjectsRepository,
  ) {}

  async get(ownerId: string, id: string): Promise<RunRecord | null> {
    const found = await this.runs.findOne({ ...(await this.seenBy(ownerId)), _id: objectId(id) }).lean();
    return found && runRecord(found);
  }

  /** Those of them that the owner has, in no order. */
  async byIds(ownerId: string, ids: readonly string[]): Promise<RunRecord[]> {
    const filter = { ...(await this.seenBy(ownerId)), _id: { $in: ids.map(objectId) } };
    return (await this.runs.find(filter).lean()).map(runRecord);
  }

  /** By the time at which they were made. */
  async list(ownerId: string, query: RunQuery): Promise<Page<RunRecord>> {
    const filter = await this.filter(ownerId, query);
    const newestFirst = query.sort !== 'createdAt';
    if (query.cursor) restrict(filter, newestFirst ? '$lt' : '$gt', query.cursor.slice(0, ID_CHARS));
    const found = await this.runs
      .find(filter)
      .sort({ _id: newestFirst ? -1 : 1 })
      .limit(query.limit + 1)
      .lean();
    const items = found.slice(0, query.limit).map(runRecord);
    return { items, nextCursor: found.length > query.limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** These fields of the newest `LIMITS.comparedRuns` runs of the filter, for what no index tells; or of fewer from elsewhere. */
  async *some<K extends keyof Run>(
    ownerId: string,
    query: RunFilter,
    fields: readonly K[],
    { after = null, newestFirst = true, most = LIMITS.comparedRuns }: Walk = {},
  ): AsyncGenerator<Pick<Run, K> & { id: string }> {
    const filter = await this.filter(ownerId, query);
    if (after !== null) restrict(filter, newestFirst ? '$lt' : '$gt', after);
    const found = this.runs
      .find(filter, Object.fromEntries(fields.map((field) => [field, 1])))
      .sort({ _id: newestFirst ? -1 : 1 })
      .limit(most)
      .lean<(Pick<Run, K> & Pick<Run, '_id'>)[]>()
      .cursor({ batchSize: BATCH });
    for await (const run of found) yield { ...run, id: run._id.toHexString() };
  }

  /** Whether this run, or one before it in that order of time, is one of the filter. */
  async hasUpTo(ownerId: string, query: RunFilter, id: string, newestFirst: boolean): Promise<boolean> {
    const filter = await this.filter(ownerId, query);
    restrict(filter, newestFirst ? '$gte' : '$lte', id);
    return (await this.runs.findOne(filter, { _id: 1 }).lean()) !== null;
  }

  async change(ownerId: string, id: string, change: UpdateRun): Promise<RunRecord | null> {
    const filter = { ...(await this.seenBy(ownerId)), _id: objectId(id) };
    const changed = await this.runs.findOneAndUpdate(filter, { $set: change }, { returnDocument: 'after' }).lean();
    return changed && runRecord(changed);
  }

  /** One that has ended; answers whether it was there. */
  async remove(ownerId: string, id: string): Promise<boolean> {
    const filter = { _id: objectId(id), ownerId, state: { $nin: [...ACTIVE_STATES] } };
    return (await this.runs.deleteOne(filter)).deletedCount === 1;
  }

  /** Runs of the dial that have ended, without the newest `kept` of the file. */
  async endedDialsBeyond(ownerId: string, projectId: string, file: string | null, kept: number): Promise<RunRecord[]> {
    const found = await this.runs
      .find({ ownerId, projectId, file, role: 'dial' })
      .sort({ _id: -1 })
      .skip(kept)
      .limit(LIMITS.pageItems)
      .lean();
    return found.map(runRecord).filter(({ state }) => isTerminal(state));
  }

  /** The id of the n-th newest run; null where there are fewer. */
  async idOfNewest(ownerId: string, n: number, projectId?: string): Promise<string | null> {
    const [found] = await this.runs
      .find({ ownerId, ...(projectId !== undefined && { projectId }) }, { _id: 1 })
      .sort({ _id: -1 })
      .skip(n - 1)
      .limit(1)
      .lean();
    return found?._id.toHexString() ?? null;
  }

  /** Some runs without a tag, the oldest first, between two others. */
  async untagged(
    ownerId: string,
    { after, before, limit }: { after: string | null; before: string | null; limit: number },
  ): Promise<RunRecord[]> {
    const between = {
      ...(after !== null && { $gt: objectId(after) }),
      ...(before !== null && { $lt: objectId(before) }),
    };
    const found = await this.runs
      .find({ ownerId, tags: { $size: 0 }, ...(Object.keys(between).length > 0 && { _id: between }) })
      .sort({ _id: 1 })
      .limit(limit)
      .lean();
    return found.map(runRecord);
  }

  private async filter(ownerId: string, query: RunFilter): Promise<QueryFilter<Run>> {
    const filter = await this.seenBy(ownerId, query.projectId);
    if (query.file) filter['file'] = query.file;
    if (query.state) filter['state'] = { $in: query.state };
    if (query.machineId) filter['machineId'] = query.machineId;
    if (query.poolId) filter['targetPoolId'] = query.poolId;
    if (query.sweepId) filter['trial.sweepId'] = query.sweepId;
    if (query.role) filter['role'] = query.role;
    if (query.tag) filter['tags'] = query.tag;
    if (query.text) {
      const text = { $regex: query.text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), $options: 'i' };
      filter['$or'] = [{ file: text }, { command: text }, { note: text }, { projectName: text }, { tags: text }];
      // No index finds a word: what is older than so many runs is not looked at.
      const oldest = await this.idOfNewest(ownerId, LIMITS.comparedRuns, query.projectId);
      if (oldest !== null) filter['_id'] = { $gte: objectId(oldest) };
    }
    return filter;
  }

  private async seenBy(ownerId: string, projectId?: string): Promise<QueryFilter<Run>> {
    const gone = await this.deletedProjects.idsOf(ownerId);
    if (projectId === undefined && gone.length === 0) return { ownerId };
    return {
      ownerId,
      projectId: { ...(projectId !== undefined && { $eq: projectId }), ...(gone.length > 0 && { $nin: gone }) },
    };
  }
}

function restrict(filter: QueryFilter<Run>, by: '$lt' | '$gt' | '$lte' | '$gte', id: string): void {
  filter['_id'] = { ...(filter['_id'] as object | undefined), [by]: objectId(id) };
}
