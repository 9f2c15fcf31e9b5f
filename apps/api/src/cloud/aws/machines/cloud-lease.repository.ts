import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { isDuplicate } from '../../../platform/database/ids.js';
import { CloudLease, CloudStranger } from './cloud-lease.schema.js';

const ID = 'aws';
/** A look takes less; a process that died keeps the others waiting for so long. */
const LEASE_MS = 15_000;

/** The only place that touches who acts on the cloud, and unknown machines, in the database. */
@Injectable()
export class CloudLeaseRepository {
  private readonly holder = randomUUID();

  constructor(
    @InjectModel(CloudLease.name) private readonly leases: Model<CloudLease>,
    @InjectModel(CloudStranger.name) private readonly strangers: Model<CloudStranger>,
  ) {}

  /** Takes or renews the lease; false: another process acts. */
  async hold(): Promise<boolean> {
    const { holder } = this;
    const now = new Date();
    const until = new Date(now.getTime() + LEASE_MS);
    try {
      await this.leases.updateOne(
        { _id: ID, $or: [{ holder }, { until: { $lt: now } }] },
        { $set: { holder, until } },
        { upsert: true },
      );
      return true;
    } catch (error) {
      // It is there, and held.
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  async release(): Promise<void> {
    await this.leases.deleteOne({ _id: ID, holder: this.holder });
  }

  /** Since when the machine is known to be unknown. */
  async strangerSince(id: string): Promise<Date> {
    const found = await this.strangers.findOneAndUpdate(
      { _id: id },
      { $setOnInsert: { since: new Date() } },
      { upsert: true, returnDocument: 'after' },
    );
    return found.since;
  }
}
