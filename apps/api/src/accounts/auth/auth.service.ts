import type { SessionView } from '@mle/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { AuthUser, Credential } from '../../platform/http/current-user.js';
import { logger } from '../../platform/logging/logger.js';
import { randomToken, tokenHash } from '../../platform/secrets/secret-token.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { TokensService } from '../tokens/tokens.service.js';
import { UsersService } from '../users/users.service.js';
import { SESSION_COOKIE } from './cookies.js';
import { OpenConnections } from './open-connections.js';
import { type Browser, SessionsRepository } from './sessions.repository.js';

const DAY_MS = 86_400_000;
export const SESSION_MS = 30 * DAY_MS;
/** However much it is used, a session ends then. */
const LONGEST_SESSION_MS = 90 * DAY_MS;
/** A session is prolonged when this much of its time has gone: a write a day, not one a request. */
const EXTEND_AFTER_MS = DAY_MS;
/**
 * How long an answer of the database is trusted. A logout in this process ends it at once, one in another replica after
 * this time.
 */
const CACHE_MS = 2_000;
const CACHE_ENTRIES = 10_000;

/** What a request or a socket's handshake can prove itself by. A bearer token goes before a cookie. */
interface Proof {
  cookieHeader?: string | undefined;
  authorizationHeader?: string | undefined;
}

export interface Authentication {
  user: AuthUser;
  credential: Credential;
  expiresAt: Date | null;
  /** The session was prolonged: the browser should get its cookie anew. */
  renewedCookie?: { value: string; maxAgeMs: number };
}

@Injectable()
export class AuthService {
  private readonly cache = new Map<string, { until: number; found: Authentication }>();
  /** Counts the times that the cache was emptied: what was looked up before is not put in after. */
  private generation = 0;

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly users: UsersService,
    private readonly tokens: TokensService,
    private readonly open: OpenConnections,
    private readonly events: EventsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    users.onChange.add(async (change) => {
      this.forget();
      if ('reset' in change) await this.endAll(change.reset);
      if ('removed' in change) await this.endAll(change.removed);
    });
    tokens.revoked.on((userId, only) => events.emit('credentials.ended', { userId, only }));
    events.on('credentials.ended', (ended) => {
      this.forget();
      this.open.end(ended);
    });
  }

  /** Who it is, or null. */
  async authenticateRequest(proof: Proof): Promise<AuthUser | null> {
    return (await this.authenticate(proof))?.user ?? null;
  }

  async authenticate({ cookieHeader, authorizationHeader }: Proof): Promise<Authentication | null> {
    const bearer = /^Bearer +(\S+)$/i.exec(authorizationHeader ?? '')?.[1];
    // Whoever sends a header means it: a wrong token is not covered up by a cookie.
    if (authorizationHeader !== undefined) {
      return bearer === undefined ? null : this.cached(`token ${tokenHash(bearer)}`, () => this.byToken(bearer));
    }
    const cookie = SESSION_COOKIE.read(cookieHeader, this.config);
    return cookie === null ? null : this.cached(`session ${tokenHash(cookie)}`, () => this.bySession(cookie));
  }

  /** Begins a session; the value is for the cookie. */
  async startSession(userId: string, from: Browser): Promise<string> {
    const token = randomToken();
    await this.sessions.insert(userId, tokenHash(token), new Date(Date.now() + SESSION_MS), from);
    logger.info({ userId, address: from.address }, 'logged in');
    return token;
  }

  async sessionsOf(userId: string, credential: Credential): Promise<SessionView[]> {
    const found = await this.sessions.listOf(userId);
    return found.map((session) => ({ ...session, current: session.id === credential.id }));
  }

  /** `end` is called when what was proved counts no more; call what this answers when the connection is closed. */
  hold({ user, credential, expiresAt }: Authentication, end: () => void): () => void {
    return this.open.hold(user.id, credential, expiresAt, end);
  }

  async endSession(cookieHeader: string | undefined): Promise<void> {
    const cookie = SESSION_COOKIE.read(cookieHeader, this.config);
    const session = cookie === null ? null : await this.sessions.byTokenHash(tokenHash(cookie));
    if (session !== null) await this.endSessionOf(session.userId, session.id);
  }

  /** Whether there was such a session of the user. */
  async endSessionOf(userId: string, id: string): Promise<boolean> {
    if (!(await this.sessions.delete(userId, id))) return false;
    logger.info({ userId, sessionId: id }, 'a session was ended');
    this.events.emit('credentials.ended', { userId, only: id });
    return true;
  }

  /** Every token of the user, and every session but the one to keep. */
  async endAll(userId: string, except?: string): Promise<void> {
    await Promise.all([this.sessions.deleteOf(userId, except), this.tokens.deleteOf(userId)]);
    logger.info({ userId }, 'all sessions and tokens of a user were ended');
    this.events.emit('credentials.ended', { userId, ...(except !== undefined && { except }) });
  }

  private forget(): void {
    this.generation++;
    this.cache.clear();
  }

  private async byToken(token: string): Promise<Authentication | null> {
    const found = await this.tokens.verify(token);
    if (found === null) return null;
    const { id, userId, scope, expiresAt } = found;
    return this.withUser(userId, { kind: 'token', id, scope }, expiresAt);
  }

  private async bySession(token: string): Promise<Authentication | null> {
    const session = await this.sessions.byTokenHash(tokenHash(token));
    if (session === null) return null;
    const end = session.createdAt.getTime() + LONGEST_SESSION_MS;
    if (end <= Date.now()) return null;
    const found = await this.withUser(session.userId, { kind: 'session', id: session.id }, session.expiresAt);
    const expiresAt = new Date(Math.min(Date.now() + SESSION_MS, end));
    if (found === null || expiresAt.getTime() - session.expiresAt.getTime() < EXTEND_AFTER_MS) return found;
    await this.sessions.extend(session.id, expiresAt);
    return { ...found, expiresAt, renewedCookie: { value: token, maxAgeMs: expiresAt.getTime() - Date.now() } };
  }

  private async withUser(
    userId: string,
    credential: Credential,
    expiresAt: Date | null,
  ): Promise<Authentication | null> {
    const user = await this.users.byId(userId);
    return user && { user: { id: user.id, login: user.login, role: user.role }, credential, expiresAt };
  }

  private async cached(key: string, find: () => Promise<Authentication | null>): Promise<Authentication | null> {
    const hit = this.cache.get(key);
    if (hit !== undefined && hit.until > Date.now()) return hit.found;
    const { generation } = this;
    const found = await find();
    if (found === null) {
      this.cache.delete(key);
      return null;
    }
    if (generation !== this.generation) return found;
    if (this.cache.size >= CACHE_ENTRIES) this.cache.clear();
    const { user, credential, expiresAt } = found;
    const until = Math.min(Date.now() + CACHE_MS, expiresAt?.getTime() ?? Infinity);
    this.cache.set(key, { until, found: { user, credential, expiresAt } });
    return found;
  }
}
