import type { Response } from 'express';
import type { Config } from '../../platform/config/config.js';

const SESSION_COOKIE = 'mle_session';

/** The session's value in a Cookie header. */
export function sessionToken(cookieHeader: string | undefined): string | null {
  const found = new RegExp(`(?:^|;)\\s*${SESSION_COOKIE}=([A-Za-z0-9_-]{1,100})\\s*(?:;|$)`).exec(cookieHeader ?? '');
  return found?.[1] ?? null;
}

const options = ({ publicUrl }: Pick<Config, 'publicUrl'>) => ({
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: publicUrl?.startsWith('https:') ?? false,
  path: '/',
});

export function setSessionCookie(
  response: Response,
  config: Pick<Config, 'publicUrl'>,
  value: string,
  maxAgeMs: number,
): void {
  response.cookie(SESSION_COOKIE, value, { ...options(config), maxAge: maxAgeMs });
}

export function clearSessionCookie(response: Response, config: Pick<Config, 'publicUrl'>): void {
  response.clearCookie(SESSION_COOKIE, options(config));
}
