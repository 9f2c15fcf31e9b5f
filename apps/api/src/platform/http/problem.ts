import { STATUS_CODES } from 'node:http';
import type { FieldError, Problem } from '@mle/protocol';
import { HttpException } from '@nestjs/common';

/** A refused request: status, stable code, and a sentence that says what to do. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors?: FieldError[],
    readonly headers: Record<string, string> = {},
  ) {
    super(detail);
    this.name = 'ProblemError';
  }
}

/** `what` is a noun such as `project`; the code is `project.not_found`. */
export const notFound = (what: string, detail = `There is no such ${what.replaceAll('_', ' ')}.`) =>
  new ProblemError(404, `${what}.not_found`, detail);
export const badRequest = (code: string, detail: string, errors?: FieldError[]) =>
  new ProblemError(400, code, detail, errors);
export const unauthorized = (detail = 'Log in first, or send a token as Authorization: Bearer mle_….') =>
  new ProblemError(401, 'auth.required', detail, undefined, { 'WWW-Authenticate': 'Bearer' });
export const forbidden = (code: string, detail: string) => new ProblemError(403, code, detail);
export const conflict = (code: string, detail: string) => new ProblemError(409, code, detail);
export const tooLarge = (code: string, detail: string) => new ProblemError(413, code, detail);

/** The answer for an error; `known` is false when the cause belongs in the log and not in the answer. */
export function problemOf(
  error: unknown,
  correlationId: string,
): { problem: Problem; headers: Record<string, string>; known: boolean } {
  const known = knownProblem(error);
  const { status, code, detail, errors, headers } =
    known ??
    new ProblemError(
      500,
      'internal',
      `Something went wrong in the server. Its log names the cause under ${correlationId}.`,
    );
  const problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    ...(errors && { errors }),
    correlationId,
  };
  return { problem, headers, known: known !== null };
}

function knownProblem(error: unknown): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (!(error instanceof Error)) return null;
  if (isOutage(error)) {
    return new ProblemError(
      503,
      'database.unavailable',
      'The database does not answer. Try again in a moment.',
      undefined,
      { 'Retry-After': '2' },
    );
  }
  // The framework wraps what the body parser and the router throw.
  const cause = error instanceof HttpException && error.cause instanceof Error ? error.cause : error;
  return bodyProblem(cause) ?? (error instanceof HttpException ? frameworkProblem(error) : null);
}

/** Errors by which the driver and Mongoose tell that there is no server to talk to. */
const OUTAGES = new Set([
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoClientClosedError',
  'MongooseServerSelectionError',
]);

export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (OUTAGES.has(error.name)) return true;
  return error.name === 'MongooseError' && /initial connection|buffering timed out|not connected/i.test(error.message);
}

/** Errors of the body parser and of the router carry a status and, the parser's, a type. */
function bodyProblem(error: Error): ProblemError | null {
  const { type, limit } = error as Error & { type?: string; limit?: number };
  if (type === 'entity.too.large')
    return tooLarge('body.too_large', `The body is larger than the ${limit} bytes allowed here.`);
  if (type === 'entity.parse.failed') return badRequest('body.malformed', 'The body is not valid JSON.');
  if (type === 'request.aborted')
    return badRequest('body.aborted', 'The request ended before its whole body had come.');
  if (type === 'charset.unsupported' || type === 'encoding.unsupported')
    return new ProblemError(415, 'body.unsupported', 'Send JSON in UTF-8.');
  if (error instanceof URIError) return badRequest('url.malformed', 'The address holds a % that is no valid encoding.');
  return null;
}

function frameworkProblem(error: HttpException): ProblemError {
  const status = error.getStatus();
  if (status === 404)
    return new ProblemError(404, 'route.not_found', 'There is no such address. /api/docs lists them all.');
  const name = (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/[^a-z]+/g, '_');
  return new ProblemError(
    status,
    `http.${name}`,
    status < 500 ? error.message : 'The server could not answer this request.',
  );
}
