import { NestFactory } from '@nestjs/core';
import { LIMITS } from '@mle/protocol';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request } from 'express';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import { correlate, requestLog } from './http/request-log.js';
import { securityHeaders } from './http/security-headers.js';
import { logger, NestLogger } from './logging/logger.js';
import { webPage } from './web/web.middleware.js';

/** Wires the server up, with everything around the routes; it listens when the caller says so. */
export async function createApplication(config: Config): Promise<NestExpressApplication> {
  logger.level = config.logLevel;
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config), { bodyParser: false, logger: new NestLogger(), abortOnError: false });
  app.set('trust proxy', 'loopback');
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(correlate, requestLog(), securityHeaders(config));
  app.use(webPage(config.webDir));
  app.useBodyParser('json', { limit: LIMITS.jsonBodyBytes, type: (request) => isJsonBody(request as Request) });
  return app;
}

/** A file of a project may be JSON too: those bytes are stored, not read. */
function isJsonBody(request: Request): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\b/i.test(request.headers['content-type'] ?? '') && request.method !== 'PUT';
}
