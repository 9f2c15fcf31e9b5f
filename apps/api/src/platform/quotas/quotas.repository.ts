import { DEFAULT_QUOTAS, type Quotas, type Usage } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { StoredQuotas, StoredUsage } from './quota.schemas.js';

/** What is counted for a user; projects are few, and are counted where they are asked for. */
export type Kept = Omit<Usage, 'projects'>;

const ID = 'installation';
const UPSERT = { upsert: true, returnDocument: 'after' } as const;

/** The only place that touches quotas, and what users keep, in the database. */
@Injectable()
export class QuotasRepository {
  constructor(
    @InjectModel(StoredQuotas.name) private readonly quotas: Model<StoredQuotas>,
    @InjectModel(StoredUsage.name) private readonly usages: Model<StoredUsage>,
  ) {}

  async get(): Promise<Quotas> {
    const stored = await this.quotas.findById(ID).lean();
    if (stored === null) return DEFAULT_QUOTAS;
    const { projects, runs, bytes, keepRuns, keepRunBytes } = stored;
    return { projects, runs, bytes, keepRuns, keepRunBytes };
  }

  async put(quotas: Quotas): Promise<Quotas> {
    await this.quotas.updateOne({ _id: ID }, { $set: quotas }, { upsert: true });
    return quotas;
  }

  async kept(ownerId: string): Promise<Kept> {
    return keptOf(await this.usages.findById(ownerId).lean());
  }

  /** Answers what there is with it. */
  async add(ownerId: string, more: Partial<Kept>): Promise<Kept> {
    return keptOf(await this.usages.findOneAndUpdate({ _id: ownerId }, { $inc: more }, UPSERT).lean());
  }

  /** Corrects what is noted by what a count found; null where another count was faster. */
  async reckon(ownerId: string, count: () => Promise<Kept>): Promise<Kept | null> {
    const noted = await this.usages.findOneAndUpdate({ _id: ownerId }, { $inc: { count: 0 } }, UPSERT).lean();
    const before = keptOf(noted);
    const counted = await count();
    // As differences: what is made meanwhile raises the numbers too.
    const $inc = {
      count: 1,
      runs: counted.runs - before.runs,
      runBytes: counted.runBytes - before.runBytes,
      fileBytes: counted.fileBytes - before.fileBytes,
    };
    const now = await this.usages
      .findOneAndUpdate({ _id: ownerId, count: noted.count }, { $inc }, { returnDocument: 'after' })
      .lean();
    return now && keptOf(now);
  }

  async forget(ownerId: string): Promise<void> {
    await this.usages.deleteOne({ _id: ownerId });
  }
}

const keptOf = (stored: StoredUsage | null): Kept => ({
  runs: stored?.runs ?? 0,
  runBytes: stored?.runBytes ?? 0,
  fileBytes: stored?.fileBytes ?? 0,
});
