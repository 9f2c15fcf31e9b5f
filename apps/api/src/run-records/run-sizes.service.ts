import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, type QueryFilter, Types } from 'mongoose';
import { UsageReckoner } from '../platform/quotas/usage-reckoner.service.js';
import { Run } from './run.schema.js';
import { RunHooks } from './run-hooks.js';

/** Runs of one read. */
const BATCH = 200;

/** What runs have stored: their output, and what else there is of them. */
@Injectable()
export class RunSizes {
  constructor(
    @InjectModel(Run.name) private readonly runs: Model<Run>,
    private readonly hooks: RunHooks,
    reckoner: UsageReckoner,
  ) {
    reckoner.counters.add(async (ownerId, kept) => {
      for (let after: string | null = null; ;) {
        const { ids, bytes } = await this.measure({
          ownerId,
          ...(after !== null && { _id: { $gt: new Types.ObjectId(after) } }),
        });
        kept.runs += ids.length;
        kept.runBytes += bytes;
        after = ids.at(-1) ?? null;
        if (ids.length < BATCH) return;
      }
    });
  }

  async bytesOf(id: string): Promise<number> {
    return (await this.measure({ _id: new Types.ObjectId(id) })).bytes;
  }

  private async measure(filter: QueryFilter<Run>): Promise<{ ids: string[]; bytes: number }> {
    const found = await this.runs
      .find(filter, { 'attempts.outputBytes': 1 })
      .sort({ _id: 1 })
      .limit(BATCH)
      .lean<Pick<Run, '_id' | 'attempts'>[]>();
    const ids = found.map(({ _id }) => _id.toHexString());
    let bytes = 0;
    for (const { attempts } of found) for (const { outputBytes } of attempts) bytes += outputBytes;
    if (ids.length > 0) await this.hooks.onMeasure.run(ids, (more) => (bytes += more));
    return { ids, bytes };
  }
}
