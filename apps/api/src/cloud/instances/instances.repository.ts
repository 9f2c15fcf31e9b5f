import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { isDuplicate, objectId } from '../../platform/database/ids.js';
import { Instance } from './instance.schema.js';

/** An instance as the database has it. */
export type InstanceRecord = Omit<Instance, '_id'> & { id: string };
export type NewInstance = Omit<Instance, '_id' | 'place' | 'held' | 'endedAt' | 'busyAt' | 'restsAt' | 'readyAt'>;

const SHOWN_AFTER_END_MS = 86_400_000;
const MOST_SHOWN = 200;

/** The only place that touches instances in the database. */
@Injectable()
export class InstancesRepository {
  constructor(@InjectModel(Instance.name) private readonly instances: Model<Instance>) {}

  /** Those that live, and those that ended within a day; the newest first. */
  async list(): Promise<InstanceRecord[]> {
    const since = new Date(Date.now() - SHOWN_AFTER_END_MS);
    const found = await this.instances

      .find({ held: false, $or: [{ endedAt: null }, { endedAt: { $gt: since } }] })
      .sort({ _id: -1 })
      .limit(MOST_SHOWN)
      .lean();
    return found.map(record);
  }

  async living(): Promise<InstanceRecord[]> {
    return (await this.instances.find({ endedAt: null, held: false }).sort({ _id: 1 }).lean()).map(record);
  }

  async get(id: string): Promise<InstanceRecord | null> {
    const instance = await this.instances.findById(id).lean();
    return instance && record(instance);
  }

  async byRequestKey(requestKey: string): Promise<InstanceRecord | null> {
    const instance = await this.instances.findOne({ requestKey }).lean();
    return instance && record(instance);
  }

  /**
   * Takes and holds one of `places` for a new instance; null when all are taken. The index decides, so that launches of two API
   * processes at once do not exceed it.
   */
  async insert(values: NewInstance, places: number): Promise<InstanceRecord | null> {
    for (let place = 0; place < places; place++) {
      if (await this.instances.exists({ place })) continue;
      try {
        return record((await this.instances.create({ ...values, place, held: true })).toObject());
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const same = values.requestKey === undefined ? null : await this.byRequestKey(values.requestKey);
        if (same) return same;
      }
    }
    return null;
  }

  /** From now on they are there. */
  async release(ids: readonly string[]): Promise<void> {
    await this.instances.updateMany({ _id: { $in: ids.map(objectId) } }, { $set: { held: false } });
  }

  /** Gives the places of held instances back: those of `ids`, or those that a launch left when its server died. */
  async giveBack(which: { ids: readonly string[] } | { before: Date }): Promise<void> {
    const filter = 'ids' in which ? { _id: { $in: which.ids.map(objectId) } } : { requestedAt: { $lt: which.before } };
    await this.instances.deleteMany({ ...filter, held: true });
  }

  /** Changes a living instance; null when it is over, or is not `from` any more. */
  async change(
    id: string,
    values: Partial<Omit<Instance, '_id' | 'place'>>,
    from: Partial<Pick<Instance, 'wanted' | 'state'>> = {},
  ): Promise<InstanceRecord | null> {
    const instance = await this.instances
      .findOneAndUpdate(
        { _id: objectId(id), endedAt: null, ...from },
        { $set: values, ...(values.endedAt && { $unset: { place: '' } }) },
        { returnDocument: 'after' },
      )
      .lean();
    return instance && record(instance);
  }
}

const record = ({ _id, ...instance }: Instance): InstanceRecord => ({ ...instance, id: _id.toHexString() });
