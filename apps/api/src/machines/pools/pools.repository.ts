import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../../platform/database/ids.js';
import { Pool } from './pool.schema.js';

/** A pool as the database has it. */
export interface PoolRecord {
  id: string;
  name: string;
  createdAt: Date;
}

const record = ({ _id, name, createdAt }: Pool): PoolRecord => ({ id: _id.toHexString(), name, createdAt });
const keyOf = (name: string) => name.normalize('NFC').toLowerCase();

/** The only place that touches pools in the database. */
@Injectable()
export class PoolsRepository {
  constructor(@InjectModel(Pool.name) private readonly pools: Model<Pool>) {}

  async list(): Promise<PoolRecord[]> {
    return (await this.pools.find().sort({ nameKey: 1 }).lean()).map(record);
  }

  async get(id: string): Promise<PoolRecord | null> {
    const pool = await this.pools.findById(id).lean();
    return pool && record(pool);
  }

  async byIds(ids: readonly string[]): Promise<PoolRecord[]> {
    return ids.length === 0 ? [] : (await this.pools.find({ _id: { $in: ids.map(objectId) } }).lean()).map(record);
  }

  /** Rejects with a duplicate error when the name is taken. */
  async insert(name: string): Promise<PoolRecord> {
    return record((await this.pools.create({ name, nameKey: keyOf(name), createdAt: new Date() })).toObject());
  }

  /** Rejects with a duplicate error when the name is taken. */
  async rename(id: string, name: string): Promise<PoolRecord | null> {
    const pool = await this.pools
      .findByIdAndUpdate(id, { $set: { name, nameKey: keyOf(name) } }, { returnDocument: 'after' })
      .lean();
    return pool && record(pool);
  }

  async remove(id: string): Promise<void> {
    await this.pools.deleteOne({ _id: objectId(id) });
  }
}
