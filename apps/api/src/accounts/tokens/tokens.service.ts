import { type CreateToken, LIMITS, type TokenView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { SerialQueue } from '../../platform/database/serial-queue.js';
import { conflict, notFound } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { randomToken, tokenHash } from '../../platform/secrets/secret-token.js';
import { Signal } from '../../platform/signals/signal.js';
import { type StoredToken, TokensRepository } from './tokens.repository.js';

const DAY_MS = 86_400_000;
const PREFIX = 'mle_';
/** How exact `lastUsedAt` is: more would be a write for each request. */
const USE_STAMP_MS = 60_000;

@Injectable()
export class TokensService {
  /** A token was taken back. */
  readonly revoked = new Signal<[userId: string, id: string]>();
  /** Those that are made at once are counted one after the other. */
  private readonly line = new SerialQueue();

  constructor(private readonly tokens: TokensRepository) {}

  list(userId: string): Promise<TokenView[]> {
    return this.tokens.listOf(userId);
  }

  /** The one answer that holds the token itself. */
  create(userId: string, { name, scope, expiresInDays }: CreateToken): Promise<TokenView> {
    return this.line.run(async () => {
      if ((await this.tokens.countOf(userId)) >= LIMITS.tokens)
        throw conflict('token.too_many', `You have ${LIMITS.tokens} tokens. Delete one that is not used first.`);
      const token = PREFIX + randomToken();
      const expiresAt = new Date(Date.now() + expiresInDays * DAY_MS);
      const made = await this.tokens.insert(userId, { name, scope, expiresAt, tokenHash: tokenHash(token) });
      logger.info({ userId, tokenId: made.id, scope, expiresAt }, 'made a token');
      return { ...made, token };
    });
  }

  /** The token, or null where it is none or has expired. */
  async verify(token: string): Promise<StoredToken | null> {
    if (!token.startsWith(PREFIX)) return null;
    const found = await this.tokens.byHash(tokenHash(token));
    if (found === null) return null;
    const now = new Date();
    if (found.lastUsedAt === null || now.getTime() - found.lastUsedAt.getTime() > USE_STAMP_MS)
      await this.tokens.stampUse(found.id, now);
    return found;
  }

  async delete(userId: string, id: string): Promise<void> {
    if (!(await this.tokens.delete(userId, id))) throw notFound('token');
    logger.info({ userId, tokenId: id }, 'took a token back');
    this.revoked.emit(userId, id);
  }

  deleteOf(userId: string): Promise<void> {
    return this.tokens.deleteOf(userId);
  }
}
