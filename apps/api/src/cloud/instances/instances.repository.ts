import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { isDuplicate, objectId } from '../../platform/database/ids.js';
import { Instance } from './instance.schema.js';

/** An instance as the database has it. */
export type InstanceRecord = Omit<Instance, '_id'> & { id: string };
type SetLater =
  | 'held'
  | 'endedAt'
  | 'busyAt'
  | 'restsAt'
  | 'readyAt'
  | 'attempt'
  | 'passedOver'
  | 'providerId'
  | 'zone'
  | 'address'
  | 'introduction'
  | 'machineId'
  | 'ran';
export type NewInstance = Omit<Instance, '_id' | SetLater>;

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

  /** All that count for the budget: the living, those that launches hold, and those that ended since. */
  async counted(since: Date): Promise<InstanceRecord[]> {
    return (await this.instances.find({ $or: [{ endedAt: null }, { endedAt: { $gt: since } }] }).lean()).map(record);
  }

  /** A new instance that is held; null when there is one of its key. */
  async hold(values: NewInstance): Promise<InstanceRecord | null> {
    try {
      return record((await this.instances.create({ ...values, held: true })).toObject());
    } catch (error) {
      if (isDuplicate(error)) return null;
      throw error;
    }
  }

  /** From now on they are there. */
  async release(ids: readonly string[]): Promise<void> {
    await this.instances.updateMany({ _id: { $in: ids.map(objectId) } }, { $set: { held: false } });
  }

  /** Removes held instances: those of `ids`, or those that a launch left when its server died. */
  async giveBack(which: { ids: readonly string[] } | { before: Date }): Promise<void> {
    const filter = 'ids' in which ? { _id: { $in: which.ids.map(objectId) } } : { requestedAt: { $lt: which.before } };
    await this.instances.deleteMany({ ...filter, held: true });
  }

  /** Changes a living instance; null when it is over, or is not `from` any more. */
  async change(
    id: string,
    values: Partial<Omit<Instance, '_id'>>,
    from: Partial<Pick<Instance, 'wanted' | 'state' | 'attempt' | 'providerId' | 'introduction'>> = {},
  ): Promise<InstanceRecord | null> {
    const instance = await this.instances
      .findOneAndUpdate({ _id: objectId(id), endedAt: null, ...from }, { $set: values }, { returnDocument: 'after' })
      .lean();
    return instance && record(instance);
  }
}

const record = ({ _id, ...instance }: Instance): InstanceRecord => ({ ...instance, id: _id.toHexString() });
