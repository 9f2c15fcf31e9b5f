import type { TokenView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { notFound } from '../../platform/http/problem.js';
import { randomToken, tokenHash } from '../../platform/secrets/secret-token.js';
import { Signal } from '../../platform/signals/signal.js';
import { TokensRepository } from './tokens.repository.js';

const PREFIX = 'mle_';
/** How exact `lastUsedAt` is: more would be a write for each request. */
const USE_STAMP_MS = 60_000;

@Injectable()
export class TokensService {
  /** A token was taken back. */
  readonly revoked = new Signal<[]>();

  constructor(private readonly tokens: TokensRepository) {}

  list(userId: string): Promise<TokenView[]> {
    return this.tokens.listOf(userId);
  }

  /** The one answer that holds the token itself. */
  async create(userId: string, name: string): Promise<TokenView> {
    const token = PREFIX + randomToken();
    return { ...(await this.tokens.insert(userId, name, tokenHash(token))), token };
  }

  /** The token's id and its user, or null. */
  async verify(token: string): Promise<{ id: string; userId: string } | null> {
    if (!token.startsWith(PREFIX)) return null;
    const found = await this.tokens.byHash(tokenHash(token));
    if (found === null) return null;
    const now = new Date();
    if (found.lastUsedAt === null || now.getTime() - found.lastUsedAt.getTime() > USE_STAMP_MS)
      await this.tokens.stampUse(found.id, now);
    return { id: found.id, userId: found.userId };
  }

  async delete(userId: string, id: string): Promise<void> {
    if (!(await this.tokens.delete(userId, id))) throw notFound('token');
    this.revoked.emit();
  }

  deleteOf(userId: string): Promise<void> {
    return this.tokens.deleteOf(userId);
  }
}
