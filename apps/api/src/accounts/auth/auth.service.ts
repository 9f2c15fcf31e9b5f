import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/config.js';
import type { AuthUser, Credential } from '../../platform/http/current-user.js';
import { randomToken, tokenHash } from '../../platform/secrets/secret-token.js';
import { TokensService } from '../tokens/tokens.service.js';
import { UsersService } from '../users/users.service.js';
import { SESSION_COOKIE } from './cookies.js';
import { SessionsRepository } from './sessions.repository.js';

const DAY_MS = 86_400_000;
export const SESSION_MS = 30 * DAY_MS;
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
  /** The session was prolonged: the browser should get its cookie anew. */
  renewedCookie?: string;
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
    @Inject(CONFIG) private readonly config: Config,
  ) {
    users.onChange.add(async (change) => {
      this.forget();
      if ('reset' in change) await this.sessions.deleteOf(change.reset);
      if ('removed' in change)
        await Promise.all([this.sessions.deleteOf(change.removed), this.tokens.deleteOf(change.removed)]);
    });
    tokens.revoked.on(() => this.forget());
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
  async startSession(userId: string): Promise<string> {
    const token = randomToken();
    await this.sessions.insert(userId, tokenHash(token), new Date(Date.now() + SESSION_MS));
    return token;
  }

  async endSession(cookieHeader: string | undefined): Promise<void> {
    const cookie = SESSION_COOKIE.read(cookieHeader, this.config);
    if (cookie === null) return;
    await this.sessions.deleteByTokenHash(tokenHash(cookie));
    this.forget();
  }

  /** After a change of the password: whoever had come in by the old one is out. */
  async endOtherSessions(userId: string, keep: Credential | null): Promise<void> {
    await this.sessions.deleteOf(userId, keep?.kind === 'session' ? keep.id : undefined);
    this.forget();
  }

  private forget(): void {
    this.generation++;
    this.cache.clear();
  }

  private async byToken(token: string): Promise<Authentication | null> {
    const found = await this.tokens.verify(token);
    return found && this.withUser(found.userId, { kind: 'token', id: found.id });
  }

  private async bySession(token: string): Promise<Authentication | null> {
    const session = await this.sessions.byTokenHash(tokenHash(token));
    if (session === null) return null;
    const found = await this.withUser(session.userId, { kind: 'session', id: session.id });
    if (found === null || session.expiresAt.getTime() - Date.now() > SESSION_MS - EXTEND_AFTER_MS) return found;
    await this.sessions.extend(session.id, new Date(Date.now() + SESSION_MS));
    return { ...found, renewedCookie: token };
  }

  private async withUser(userId: string, credential: Credential): Promise<Authentication | null> {
    const user = await this.users.byId(userId);
    return user && { user: { id: user.id, login: user.login, role: user.role }, credential };
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
    const { user, credential } = found;
    this.cache.set(key, { until: Date.now() + CACHE_MS, found: { user, credential } });
    return found;
  }
}
