import type { Server as TlsServer } from 'node:https';
import { LIMITS } from '@mle/protocol';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request } from 'express';
import { AppModule } from './app.module.js';
import { webPage } from './doors/web/web.middleware.js';
import type { Config } from './platform/config/config.js';
import { KnownHosts, knownHostsOnly } from './platform/http/known-hosts.js';
import { correlate, requestLog } from './platform/http/request-log.js';
import { securityHeaders } from './platform/http/security-headers.js';
import { logger, NestLogger } from './platform/logging/logger.js';
import { ServerCertificate } from './platform/tls/server-certificate.js';

const UPLOAD_MS = 6 * 3_600_000;
/**
 * Longer than proxies keep a connection that rests (60 s): whoever sends on one that is just being closed has a failed
 * request.
 */
const RESTING_CONNECTION_MS = 75_000;

/** Wires the server up, with everything around the routes; it listens when the caller says so. */
export async function createApplication(config: Config): Promise<NestExpressApplication> {
  logger.level = config.logLevel;
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config), {
    bodyParser: false,
    // It gets its certificate before it listens.
    ...(config.tls !== null && { httpsOptions: {} }),
    logger: new NestLogger(),
    abortOnError: false,
  });
  // Without a list nobody's word is taken on who asks: whoever reaches the server could say anything.
  app.set('trust proxy', config.trustedProxies.length > 0 ? config.trustedProxies : false);
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(correlate, requestLog(), securityHeaders(config), knownHostsOnly(new KnownHosts(config)));
  app.use(webPage(config.webDir));
  app.useBodyParser('json', { limit: LIMITS.jsonBodyBytes, type: (request) => isJsonBody(request as Request) });
  const server = app.getHttpServer();
  // A large upload over a slow line takes its time; the head of a request still has to come at once.
  server.requestTimeout = UPLOAD_MS;
  server.keepAliveTimeout = RESTING_CONNECTION_MS;
  if (config.tls !== null) await app.get(ServerCertificate).secure(server as unknown as TlsServer);
  return app;
}

/** A file of a project may be JSON too: those bytes are stored, not read. */
function isJsonBody(request: Pick<Request, 'method' | 'originalUrl' | 'headers'>): boolean {
  const isFile = request.method === 'PUT' && /^\/api\/v1\/projects\/[^/]+\/files\//i.test(request.originalUrl);
  return !isFile && /^application\/(?:[\w.+-]+\+)?json\b/i.test(request.headers['content-type'] ?? '');
}
