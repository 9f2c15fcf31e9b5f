import type { NextFunction, Request, Response } from 'express';
import { type Config, isHttps } from '../config/config.js';

/** For every answer. Those that are pages or files of users set a content policy of their own. */
export function securityHeaders(config: Pick<Config, 'publicUrl' | 'tls'>) {
  // A browser that keeps to https would never again be let past a certificate that nobody vouches for.
  const https = isHttps(config) && (config.tls === null || config.tls.files !== null);
  return (_request: Request, response: Response, next: NextFunction): void => {
    response.set({
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      ...(https && { 'Strict-Transport-Security': 'max-age=31536000' }),
    });
    next();
  };
}
