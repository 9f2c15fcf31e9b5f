import type { NextFunction, Request, Response } from 'express';
import { pinoHttp } from 'pino-http';
import { acceptedCorrelationId, withCorrelationId } from '../logging/correlation.js';
import { logger } from '../logging/logger.js';

/** Gives each request its correlation id: the caller's, or a new one. The answer carries it. */
export function correlate(request: Request, response: Response, next: NextFunction): void {
  const id = acceptedCorrelationId(request.headers['x-correlation-id']);
  response.setHeader('X-Correlation-Id', id);
  withCorrelationId(id, next);
}

/** One line for each request. Queries are left out: they may hold one-time tokens. */
export const requestLog = () =>
  pinoHttp<Request, Response>({
    logger,
    genReqId: (_request, response) => String(response.getHeader('X-Correlation-Id')),
    quietReqLogger: true,
    customLogLevel: (request, response, error) => {
      if (request.url.startsWith('/readyz')) return 'debug';
      if (error !== undefined || response.statusCode >= 500) return 'warn';
      return request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info';
    },
    // What went wrong is logged where it is known, under the same id.
    customErrorObject: (_request, _response, _error, line: object) => ({ ...line, err: undefined }),
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?', 1)[0] }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  });
