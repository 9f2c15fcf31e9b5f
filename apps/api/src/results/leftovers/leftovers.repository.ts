import type { AttemptLeftovers, AttemptRef } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { AttemptLeftoversModel } from './leftovers.schema.js';

export type LeftoversRecord = Omit<AttemptLeftoversModel, '_id'>;

@Injectable()
export class LeftoversRepository {
  constructor(@InjectModel(AttemptLeftoversModel.name) private readonly leftovers: Model<AttemptLeftoversModel>) {}

  async get({ runId, attempt }: AttemptRef): Promise<LeftoversRecord | null> {
    return this.leftovers.findOne({ runId, attempt }).lean();
  }

  async save(machineId: string, { runId, attempt, slot, items, truncated }: AttemptLeftovers): Promise<void> {
    await this.leftovers.updateOne(
      { runId, attempt },
      { $set: { machineId, slot, items, truncated } },
      { upsert: true },
    );
  }

  async allowKeeping({ runId, attempt }: AttemptRef, keepUntil: Date): Promise<void> {
    await this.leftovers.updateOne({ runId, attempt }, { $set: { keepUntil } });
  }

  async mayKeep({ runId, attempt }: AttemptRef, machineId: string): Promise<boolean> {
    return (await this.leftovers.countDocuments({ runId, attempt, machineId, keepUntil: { $gt: new Date() } })) === 1;
  }

  /** They are kept or gone now. */
  async forget({ runId, attempt }: AttemptRef, paths: string[]): Promise<void> {
    await this.leftovers.updateOne({ runId, attempt }, { $pull: { items: { path: { $in: paths } } } });
  }

  async removeRuns(runIds: readonly string[]): Promise<void> {
    await this.leftovers.deleteMany({ runId: { $in: runIds } });
  }
}
