import { FILE_MODES } from '@mle/protocol';
import type { Request } from 'express';
import { badRequest } from '../../platform/http/problem.js';
import { ANY, type Precondition } from './files.service.js';

/** Reads If-Match and If-None-Match of a request that changes a file. */
export function precondition(request: Request): Precondition {
  const match = request.headers['if-match']?.trim();
  const none = request.headers['if-none-match']?.trim();
  if (match !== undefined && none !== undefined)
    throw badRequest('precondition.invalid', 'Send either If-Match or If-None-Match.');
  if (none !== undefined) {
    if (none !== '*')
      throw badRequest(
        'precondition.invalid',
        'If-None-Match can only be * here: write the file if it does not exist yet.',
      );
    return { kind: 'absent' };
  }
  if (match === undefined) return ANY;
  if (match === '*') return { kind: 'present' };
  const tag = /^"([^"]*)"$/.exec(match)?.[1];
  if (tag === undefined)
    throw badRequest('precondition.invalid', 'If-Match takes one ETag in quotes, as it came with the file.');
  return { kind: 'match', sha256: tag };
}

const MODES: Record<string, number> = {
  '644': FILE_MODES.plain,
  '0644': FILE_MODES.plain,
  '100644': FILE_MODES.plain,
  '755': FILE_MODES.executable,
  '0755': FILE_MODES.executable,
  '100755': FILE_MODES.executable,
};

/** The file mode of X-File-Mode or `?mode=`, or null when none is given. */
export function fileMode(request: Request): number | null {
  const given = request.headers['x-file-mode'] ?? request.query['mode'];
  if (given === undefined) return null;
  const mode = typeof given === 'string' && Object.hasOwn(MODES, given) ? MODES[given] : undefined;
  if (mode === undefined)
    throw badRequest('mode.invalid', 'Give the mode as 0644, or as 0755 for a file that can be executed.');
  return mode;
}
