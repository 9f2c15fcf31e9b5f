import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { correlationId } from '../logging/correlation.js';
import { logger } from '../logging/logger.js';
import { problemOf } from './problem.js';

/** Every error of every request becomes problem details (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<Request>(), http.getResponse<Response>());
  }
}

/** Answers with the problem; a response that already began can only be cut off. */
export function sendProblem(error: unknown, request: Request, response: Response): void {
  const id = correlationId() ?? String(response.getHeader('X-Correlation-Id') ?? 'none');
  const { problem, headers, known } = problemOf(error, id);
  if (!known) logger.error({ err: error, correlationId: id, method: request.method, path: request.path }, 'request failed');
  else if (problem.status >= 500) logger.warn({ code: problem.code, correlationId: id, path: request.path }, 'request refused');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // A body that nobody reads any more would keep the connection busy until its end.
  if (!request.complete) response.setHeader('Connection', 'close');
  for (const name of ['ETag', 'Content-Disposition', 'Content-Length', 'Content-Range', 'Last-Modified']) response.removeHeader(name);
  response.status(problem.status).set(headers).set('Cache-Control', 'no-store').type('application/problem+json').send(JSON.stringify(problem));
}
