import type { Response } from 'express';
import { type Config, isHttps } from '../config/config.js';

type Settings = Pick<Config, 'publicUrl' | 'tls'>;

/**
 * A cookie that scripts cannot read. Where pages come by https its name begins with `__Host-`: then no other host, and
 * no page of this one that came without TLS, can have set it.
 */
export class Cookie {
  constructor(private readonly name: string) {}

  read(header: string | undefined, settings: Settings): string | null {
    const pattern = new RegExp(`(?:^|;)\\s*${this.fullName(settings)}=([A-Za-z0-9_.-]{1,200})\\s*(?:;|$)`);
    return pattern.exec(header ?? '')?.[1] ?? null;
  }

  set(response: Response, settings: Settings, value: string, maxAge: number): void {
    response.cookie(this.fullName(settings), value, { ...this.options(settings), maxAge });
  }

  clear(response: Response, settings: Settings): void {
    response.clearCookie(this.fullName(settings), this.options(settings));
  }

  private fullName(settings: Settings): string {
    return isHttps(settings) ? `__Host-${this.name}` : this.name;
  }

  private options(settings: Settings) {
    return { httpOnly: true, sameSite: 'lax' as const, secure: isHttps(settings), path: '/' };
  }
}
