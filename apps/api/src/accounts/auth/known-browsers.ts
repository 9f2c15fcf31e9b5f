import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { CONFIG, type Config } from '../../platform/config/config.js';
import { Cookie } from '../../platform/http/cookie.js';
import { randomToken } from '../../platform/secrets/secret-token.js';
import { keyOfLogin } from '../users/login-key.js';

const COOKIE = new Cookie('mle_device');
const YEAR_MS = 365 * 86_400_000;

/**
 * Knows browsers in which somebody has logged in before by a cookie that outlives the session: what others try with
 * that login does not slow them. It opens nothing by itself.
 */
@Injectable()
export class KnownBrowsers {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** The browser's own id, where this login was used in it before. */
  idFor(login: string, cookieHeader: string | undefined): string | null {
    const [id = '', proof = ''] = COOKIE.read(cookieHeader, this.config)?.split('.') ?? [];
    const [given, expected] = [Buffer.from(proof), Buffer.from(this.proof(id, login))];
    return given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
  }

  /** After a log-in: from now on the browser is known for this login. */
  remember(login: string, cookieHeader: string | undefined, response: Response): void {
    const id = this.idFor(login, cookieHeader) ?? randomToken();
    COOKIE.set(response, this.config, `${id}.${this.proof(id, login)}`, YEAR_MS);
  }

  private proof(id: string, login: string): string {
    return createHmac('sha256', this.config.secretKey)
      .update(`known browser\0${id}\0${keyOfLogin(login)}`)
      .digest('base64url');
  }
}
