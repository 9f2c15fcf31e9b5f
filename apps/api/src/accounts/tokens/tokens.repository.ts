import type { TokenView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../../platform/database/ids.js';
import { TOKEN_MODEL, type TokenDocument } from './token.schema.js';

const view = ({ _id, name, createdAt, lastUsedAt }: TokenDocument): TokenView => ({
  id: String(_id),
  name,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});

@Injectable()
export class TokensRepository {
  constructor(@InjectModel(TOKEN_MODEL) private readonly tokens: Model<TokenDocument>) {}

  async insert(userId: string, name: string, tokenHash: string): Promise<TokenView> {
    const created = await this.tokens.create({
      userId: objectId(userId),
      name,
      tokenHash,
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

  async byHash(tokenHash: string): Promise<{ id: string; userId: string; lastUsedAt: Date | null } | null> {
    const found = await this.tokens.findOne({ tokenHash }).lean();
    return found && { id: String(found._id), userId: String(found.userId), lastUsedAt: found.lastUsedAt };
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
