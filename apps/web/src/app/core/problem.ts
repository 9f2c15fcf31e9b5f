import { HttpErrorResponse } from '@angular/common/http';
import type { FieldError, Problem } from '@mle/protocol';

/** A refused or failed request, in words for a person. */
export class RequestError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly fields: FieldError[] = [],
    readonly correlationId: string | null = null,
  ) {
    super(message);
    this.name = 'RequestError';
  }

  /** The server was not reached at all: trying again later makes sense. */
  get offline(): boolean {
    return this.status === 0;
  }

  field(path: string): string | null {
    return this.fields.find((field) => field.path === path)?.message ?? null;
  }
}

export function toRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  if (!(error instanceof HttpErrorResponse))
    return new RequestError(error instanceof Error ? error.message : String(error), -1, 'client');
  if (error.status === 0)
    return new RequestError('The server does not answer. Check that it runs, then try again.', 0, 'offline');
  const problem = readProblem(error.error);
  if (!problem)
    return new RequestError(`The server answered with an error (${error.status}). Try again.`, error.status, 'unknown');
  return new RequestError(
    problem.detail || problem.title,
    error.status,
    problem.code,
    problem.errors ?? [],
    problem.correlationId,
  );
}

/** The sentence to show for any thrown value. */
export const sentence = (error: unknown): string => toRequestError(error).message;

function readProblem(body: unknown): Problem | null {
  let value = body;
  if (value instanceof ArrayBuffer) value = new TextDecoder().decode(value);
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      return null;
    }
  }
  const isProblem = typeof value === 'object' && value !== null && 'title' in value && 'detail' in value;
  return isProblem ? (value as Problem) : null;
}
