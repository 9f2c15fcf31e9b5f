import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../../platform/database/ids.js';
import { SESSION_MODEL, type SessionDocument } from './session.schema.js';

export interface Session {
  id: string;
  userId: string;
  expiresAt: Date;
}

@Injectable()
export class SessionsRepository {
  constructor(@InjectModel(SESSION_MODEL) private readonly sessions: Model<SessionDocument>) {}

  async insert(userId: string, tokenHash: string, expiresAt: Date): Promise<void> {
    await this.sessions.create({ userId: objectId(userId), tokenHash, createdAt: new Date(), expiresAt });
  }

  /** The session, unless it has expired: the database removes those only now and then. */
  async byTokenHash(tokenHash: string): Promise<Session | null> {
    const found = await this.sessions.findOne({ tokenHash, expiresAt: { $gt: new Date() } }).lean();
    return found && { id: String(found._id), userId: String(found.userId), expiresAt: found.expiresAt };
  }

  async extend(id: string, expiresAt: Date): Promise<void> {
    await this.sessions.updateOne({ _id: objectId(id) }, { $set: { expiresAt } });
  }

  async deleteByTokenHash(tokenHash: string): Promise<void> {
    await this.sessions.deleteOne({ tokenHash });
  }

  /** Ends the user's sessions, all but one if `exceptId` is given. */
  async deleteOf(userId: string, exceptId?: string): Promise<void> {
    await this.sessions.deleteMany({
      userId: objectId(userId),
      ...(exceptId !== undefined && { _id: { $ne: objectId(exceptId) } }),
    });
  }
}
