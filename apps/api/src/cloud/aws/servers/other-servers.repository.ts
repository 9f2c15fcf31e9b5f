import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { OtherServer } from './other-server.schema.js';

/** The only place that touches other servers in the database. */
@Injectable()
export class OtherServersRepository {
  constructor(@InjectModel(OtherServer.name) private readonly servers: Model<OtherServer>) {}

  /** Takes these for those that there are besides this one. Answers whether one is among them that nobody decided on. */
  async seen(marks: readonly string[]): Promise<boolean> {
    await this.servers.deleteMany({ replaced: false, _id: { $nin: [...marks] } });
    for (const _id of marks)
      await this.servers.updateOne({ _id }, { $setOnInsert: { replaced: false } }, { upsert: true });
    return this.undecided();
  }

  async undecided(): Promise<boolean> {
    return (await this.servers.exists({ replaced: false })) !== null;
  }

  /** The machines of all that were seen are this server's from now on. */
  async replaceAll(): Promise<void> {
    await this.servers.updateMany({ replaced: false }, { $set: { replaced: true } });
  }
}
