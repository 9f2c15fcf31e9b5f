import { projectPathError } from '@mle/protocol';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { badRequest } from './problem.js';

/** Parts of the address before the path: '', api, v1, the noun, its id, `files` or `artifacts`. */
const PARTS_BEFORE = 6;

/** The rest of an address such as /api/v1/projects/<id>/files/<path>: a checked path inside the project. */
export const WildcardPath = createParamDecorator((_data: unknown, context: ExecutionContext): string =>
  wildcardPath(context.switchToHttp().getRequest<Request>().originalUrl),
);

/**
 * Reads the path from the address as it came over the wire: a router's own parameters are decoded part by part, and
 * what leaves the project may no longer show in them.
 * @throws ProblemError 400
 */
function wildcardPath(originalUrl: string): string {
  const [address = ''] = originalUrl.replace(/^https?:\/\/[^/]*/i, '').split(/[?#]/, 1);
  const encoded = address.split('/').slice(PARTS_BEFORE).join('/');
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch {
    throw badRequest('path.invalid', 'The path holds a % that is no valid encoding. Write it as %25.');
  }
  return checkedPath(path);
}

/** @throws ProblemError 400 with the reason when it is no path inside a project. */
function checkedPath(path: string): string {
  const message = projectPathError(path);
  if (message !== null) throw badRequest('path.invalid', message, [{ path: 'path', message }]);
  return path;
}
