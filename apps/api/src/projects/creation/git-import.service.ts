import { Injectable } from '@nestjs/common';
import type { ManifestEntry } from '@mle/protocol';
import { ProblemError } from '../../http/problem.js';

@Injectable()
export class GitImportService {
  fetch(_gitUrl: string): Promise<ManifestEntry[]> {
    return Promise.reject(new ProblemError(501, 'git.unavailable', 'Making a project from a git address is not possible here yet. Upload the files instead.'));
  }
}

/** The last part of the address, without .git. */
export function nameFromUrl(gitUrl: string): string {
  const last = gitUrl.replace(/[?#].*$/, '').replace(/\/+$/, '').split(/[/:]/).at(-1) ?? '';
  return last.replace(/\.git$/, '').slice(0, 80) || 'repository';
}
