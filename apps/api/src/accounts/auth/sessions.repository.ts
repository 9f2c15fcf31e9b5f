import type { SessionView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../../platform/database/ids.js';
import { SESSION_MODEL, type SessionDocument } from './session.schema.js';

export interface Session {
  id: string;
  userId: string;
  createdAt: Date;
  expiresAt: Date;
}

/** Where a session is begun. */
export interface Browser {
  browser: string;
  address: string;
}

@Injectable()
export class SessionsRepository {
  constructor(@InjectModel(SESSION_MODEL) private readonly sessions: Model<SessionDocument>) {}

  async insert(userId: string, tokenHash: string, expiresAt: Date, from: Browser): Promise<void> {
    await this.sessions.create({ userId: objectId(userId), tokenHash, createdAt: new Date(), expiresAt, ...from });
  }

  /** The session, unless it has expired: the database removes those only now and then. */
  async byTokenHash(tokenHash: string): Promise<Session | null> {
    const found = await this.sessions.findOne({ tokenHash, expiresAt: { $gt: new Date() } }).lean();
    if (found === null) return null;
    const { _id, userId, createdAt, expiresAt } = found;
    return { id: String(_id), userId: String(userId), createdAt, expiresAt };
  }

  async listOf(userId: string): Promise<Omit<SessionView, 'current'>[]> {
    const found = await this.sessions
      .find({ userId: objectId(userId), expiresAt: { $gt: new Date() } })
      .sort({ createdAt: -1 })
      .lean();
    return found.map(({ _id, createdAt, expiresAt, browser = '', address = '' }) => ({
      id: String(_id),
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      browser,
      address,
    }));
  }

  async extend(id: string, expiresAt: Date): Promise<void> {
    await this.sessions.updateOne({ _id: objectId(id) }, { $set: { expiresAt } });
  }

  async delete(userId: string, id: string): Promise<boolean> {
    return (await this.sessions.deleteOne({ _id: objectId(id), userId: objectId(userId) })).deletedCount === 1;
  }

  /** Ends the user's sessions, all but one if `exceptId` is given. */
  async deleteOf(userId: string, exceptId?: string): Promise<void> {
    await this.sessions.deleteMany({
      userId: objectId(userId),
      ...(exceptId !== undefined && { _id: { $ne: objectId(exceptId) } }),
    });
  }
}
