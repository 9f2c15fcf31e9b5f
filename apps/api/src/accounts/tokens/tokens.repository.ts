import type { TokenScope, TokenView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../../platform/database/ids.js';
import { TOKEN_MODEL, type TokenDocument } from './token.schema.js';

const view = ({ _id, name, createdAt, lastUsedAt, scope = 'all', expiresAt }: TokenDocument): TokenView => ({
  id: String(_id),
  name,
  scope,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
  expiresAt: expiresAt?.toISOString() ?? null,
});

/** What a token is, without its value. */
interface NewToken {
  name: string;
  tokenHash: string;
  scope: TokenScope;
  expiresAt: Date;
}

/** What a token proves. */
export interface StoredToken {
  id: string;
  userId: string;
  scope: TokenScope;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
}

const unexpired = () => ({ $or: [{ expiresAt: null }, { expiresAt: { $gt: new Date() } }] });

@Injectable()
export class TokensRepository {
  constructor(@InjectModel(TOKEN_MODEL) private readonly tokens: Model<TokenDocument>) {}

  async insert(userId: string, token: NewToken): Promise<TokenView> {
    const created = await this.tokens.create({
      ...token,
      userId: objectId(userId),
      createdAt: new Date(),
      lastUsedAt: null,
    });
    return view(created.toObject());
  }

  async listOf(userId: string): Promise<TokenView[]> {
    return (
      await this.tokens
        .find({ userId: objectId(userId) })
        .sort({ createdAt: 1 })
        .lean()
    ).map(view);
  }

  /** How many of the user's tokens have not expired. */
  countOf(userId: string): Promise<number> {
    return this.tokens.countDocuments({ userId: objectId(userId), ...unexpired() });
  }

  /** The token, unless it has expired. */
  async byHash(tokenHash: string): Promise<StoredToken | null> {
    const found = await this.tokens.findOne({ tokenHash, ...unexpired() }).lean();
    if (found === null) return null;
    const { _id, userId, scope = 'all', lastUsedAt, expiresAt = null } = found;
    return { id: String(_id), userId: String(userId), scope, lastUsedAt, expiresAt };
  }

  async stampUse(id: string, at: Date): Promise<void> {
    await this.tokens.updateOne({ _id: objectId(id) }, { $set: { lastUsedAt: at } });
  }

  async delete(userId: string, id: string): Promise<boolean> {
    return (await this.tokens.deleteOne({ _id: objectId(id), userId: objectId(userId) })).deletedCount === 1;
  }

  async deleteOf(userId: string): Promise<void> {
    await this.tokens.deleteMany({ userId: objectId(userId) });
  }
}
