import type { Page, SweepQuery, SweepState } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, QueryFilter } from 'mongoose';
import { isDuplicate, objectId } from '../../platform/database/ids.js';
import { DeletedProjectsRepository } from '../../run-records/deleted-projects.repository.js';
import { Sweep } from './sweep.schema.js';

/** A sweep as the database has it. */
export type SweepRecord = Omit<Sweep, '_id'> & { id: string };
export type NewSweep = Omit<
  Sweep,
  '_id' | 'number' | 'state' | 'open' | 'reason' | 'round' | 'failuresFrom' | 'createdAt' | 'resumedAt' | 'finishedAt'
>;
export type SweepChange = Partial<
  Pick<
    Sweep,
    | 'state'
    | 'open'
    | 'reason'
    | 'settings'
    | 'taken'
    | 'note'
    | 'parallel'
    | 'round'
    | 'failuresFrom'
    | 'finishedAt'
    | 'limits'
    | 'resumedAt'
  >
>;

/** The only place that touches sweeps in the database. */
@Injectable()
export class SweepsRepository {
  constructor(
    @InjectModel(Sweep.name) private readonly sweeps: Model<Sweep>,
    private readonly deletedProjects: DeletedProjectsRepository,
  ) {}

  /** Null when the owner has one with the same idempotency key. */
  async create(values: NewSweep): Promise<SweepRecord | null> {
    for (;;) {
      const last = await this.sweeps
        .findOne({ projectId: values.projectId }, { number: 1 })
        .sort({ number: -1 })
        .lean();
      const began = { number: (last?.number ?? 0) + 1, state: 'smoke', open: true, createdAt: new Date() } as const;
      try {
        return record((await this.sweeps.create({ ...values, ...began })).toObject());
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const { ownerId, idempotencyKey } = values;
        if (idempotencyKey !== undefined && (await this.byIdempotencyKey(ownerId, idempotencyKey))) return null;
      }
    }
  }

  async byIdempotencyKey(ownerId: string, idempotencyKey: string): Promise<SweepRecord | null> {
    return orNull(await this.sweeps.findOne({ ownerId, idempotencyKey }).lean());
  }

  async get(id: string): Promise<SweepRecord | null> {
    return orNull(await this.sweeps.findById(id).lean());
  }

  async owned(ownerId: string, id: string): Promise<SweepRecord | null> {
    return orNull(await this.sweeps.findOne({ ...(await this.seenBy(ownerId)), _id: objectId(id) }).lean());
  }

  /** Newest first. */
  async list(ownerId: string, query: SweepQuery): Promise<Page<SweepRecord>> {
    const filter = await this.seenBy(ownerId, query.projectId);
    if (query.file !== undefined) filter['file'] = query.file;
    const ids = {
      ...(query.ids && { $in: query.ids.map(objectId) }),
      ...(query.cursor && { $lt: objectId(query.cursor) }),
    };
    if (Object.keys(ids).length > 0) filter['_id'] = ids;
    const found = await this.sweeps
      .find(filter)
      .sort({ _id: -1 })
      .limit(query.limit + 1)
      .lean();
    const items = found.slice(0, query.limit).map(record);
    return { items, nextCursor: found.length > query.limit ? (items.at(-1)?.id ?? null) : null };
  }

  async countOpen(ownerId: string): Promise<number> {
    return this.sweeps.countDocuments({ ownerId, open: true });
  }

  /** Of those for which there may be something to do. */
  async openIds(): Promise<string[]> {
    return (await this.sweeps.find({ open: true }, { _id: 1 }).sort({ _id: 1 }).lean()).map(({ _id }) =>
      _id.toHexString(),
    );
  }

  /** Changes it while it is in one of these states, and nobody resumed it or changed what it tries meanwhile. */
  async change(
    { id, round, settings }: Pick<SweepRecord, 'id' | 'round' | 'settings'>,
    from: readonly SweepState[],
    change: SweepChange,
  ): Promise<SweepRecord | null> {
    const filter = { _id: objectId(id), round, settings, state: { $in: [...from] } };
    return orNull(await this.sweeps.findOneAndUpdate(filter, { $set: change }, { returnDocument: 'after' }).lean());
  }

  async remove(id: string): Promise<void> {
    await this.sweeps.deleteOne({ _id: objectId(id) });
  }

  async removeOfProject(projectId: string): Promise<void> {
    await this.sweeps.deleteMany({ projectId });
  }

  private async seenBy(ownerId: string, projectId?: string): Promise<QueryFilter<Sweep>> {
    const gone = await this.deletedProjects.idsOf(ownerId);
    if (projectId === undefined && gone.length === 0) return { ownerId };
    return {
      ownerId,
      projectId: { ...(projectId !== undefined && { $eq: projectId }), ...(gone.length > 0 && { $nin: gone }) },
    };
  }
}

function record({ _id, ...sweep }: Sweep): SweepRecord {
  return { ...sweep, id: _id.toHexString() };
}

const orNull = (sweep: Sweep | null): SweepRecord | null => sweep && record(sweep);
