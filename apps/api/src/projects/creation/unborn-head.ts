import { badRequest } from '../../platform/http/problem.js';
import type { GitAddress } from './git-address.js';
import { git, GitFailure } from './git-process.js';
import { gitEnvironment, gitSettings, SILENT_MS, urlOf } from './git-settings.js';

const NAMED = 5;
/** Of the list of branches: the first of them are enough for a sentence. */
const BRANCHES_BYTES = 1024 * 1024;

/**
 * Refuses a repository whose HEAD names a branch that it has not: git clones such a one as if it had no files. The
 * sentence says which branches there are.
 */
export async function checkHead(
  source: GitAddress,
  folder: string,
  tree: string,
  cancelled: AbortSignal,
): Promise<void> {
  const options = { env: gitEnvironment(source, folder), maxOutputBytes: BRANCHES_BYTES };
  const born = ['-C', tree, 'rev-parse', '--quiet', '--verify', 'HEAD'];
  if (await succeeds(git(born, { ...options, signal: cancelled }))) return;
  const list = [...gitSettings(source), 'ls-remote', '--heads', '--', urlOf(source)];
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(SILENT_MS)]);
  const listing = await git(list, { ...options, signal }).catch(() => null);
  throw badRequest('git.no_head', sentence(listing?.toString('utf8') ?? null));
}

function succeeds(answer: Promise<unknown>): Promise<boolean> {
  return answer.then(
    () => true,
    (error: unknown) => {
      if (error instanceof GitFailure) return false;
      throw error;
    },
  );
}

function sentence(listing: string | null): string {
  const lost = 'The default branch of the repository does not exist';
  const branches = [...(listing ?? '').matchAll(/\trefs\/heads\/(.+)$/gm)].map(([, name]) => name);
  if (listing === null) return `${lost}. Choose another one at its host, and fetch it again.`;
  if (branches.length === 0) return 'The repository is empty. Push a commit to it first, or begin a new project.';
  const named = branches.slice(0, NAMED).join(', ') + (branches.length > NAMED ? ', …' : '');
  const there = branches.length === 1 ? `Its only branch is ${named}.` : `Its branches are ${named}.`;
  return `${lost}. ${there} Choose one of them as the default branch at its host, and fetch it again.`;
}
