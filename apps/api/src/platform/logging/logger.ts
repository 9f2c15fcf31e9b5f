import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';
import { correlationId } from './correlation.js';

/**
 * One JSON line for each event on stdout; the request's id joins them. The level is set once the configuration is read.
 */
export const logger = pino({
  level: 'info',
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  mixin: () => {
    const id = correlationId();
    return id === null ? {} : { correlationId: id };
  },
  redact: {
    paths: [
      'req.headers.authorization',
      'req.headers.cookie',
      'res.headers["set-cookie"]',
      'authorization',
      'cookie',
      'password',
      '*.password',
      'currentPassword',
      '*.currentPassword',
      'token',
      '*.token',
      'secretKey',
      '*.secretKey',
    ],
    censor: '[secret]',
  },
});

/** Nest's own messages, in the same lines. */
export class NestLogger implements LoggerService {
  log(message: unknown, context?: unknown): void {
    logger.debug({ context }, String(message));
  }
  error(message: unknown, ...details: unknown[]): void {
    logger.error({ details, ...(message instanceof Error && { err: message }) }, String(message));
  }
  warn(message: unknown, context?: unknown): void {
    logger.warn({ context }, String(message));
  }
  debug(message: unknown, context?: unknown): void {
    logger.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: unknown): void {
    logger.trace({ context }, String(message));
  }
}
