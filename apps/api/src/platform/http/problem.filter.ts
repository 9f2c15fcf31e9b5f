import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { correlationId } from '../logging/correlation.js';
import { logger } from '../logging/logger.js';
import { problemOf } from './problem.js';

/** Every error of every request becomes problem details (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    await sendProblem(error, http.getRequest<Request>(), http.getResponse<Response>());
  }
}

/** What is still read of a refused body, so that the sender gets to see the answer instead of a broken connection. */
const DRAIN_BYTES = 32 * 1024 * 1024;
const DRAIN_MS = 3_000;

/** Answers with the problem; a response that already began can only be cut off. */
async function sendProblem(error: unknown, request: Request, response: Response): Promise<void> {
  const id = correlationId() ?? String(response.getHeader('X-Correlation-Id') ?? 'none');
  const { problem, headers, known } = problemOf(error, id);
  if (!known)
    logger.error({ err: error, correlationId: id, method: request.method, path: request.path }, 'request failed');
  else if (problem.status >= 500) logger.warn({ code: problem.code, path: request.path }, 'request refused');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (!(await drained(request))) response.setHeader('Connection', 'close');
  for (const name of ['ETag', 'Content-Disposition', 'Content-Length', 'Content-Range', 'Accept-Ranges'])
    response.removeHeader(name);
  response
    .status(problem.status)
    .set(headers)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem));
}

function drained(request: Request): Promise<boolean> {
  if (request.complete || request.destroyed) return Promise.resolve(request.complete);
  return new Promise((resolve) => {
    let left = DRAIN_BYTES;
    const finish = () => {
      clearTimeout(timer);
      request.off('end', finish).off('close', finish).off('error', finish).off('data', count);
      resolve(request.complete);
    };
    const count = (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) finish();
    };
    const timer = setTimeout(finish, DRAIN_MS);
    request.on('end', finish).on('close', finish).on('error', finish).on('data', count);
  });
}
