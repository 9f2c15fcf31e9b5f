import { execFileSync, spawnSync } from 'node:child_process';

const UNSHARE = ['unshare', '--mount', '--propagation', 'slave'] as const;
const ANSWER_MS = 10_000;

/**
 * What to put before the command of a process that is to have mounts of its own, where the system allows that: what is
 * mounted on the machine later reaches it, and what it mounts reaches nobody else.
 */
export function ownMounts(): string[] {
  const [file, ...args] = UNSHARE;
  const tried = spawnSync(file, [...args, 'true'], { stdio: 'ignore', timeout: ANSWER_MS });
  return tried.status === 0 ? [...UNSHARE] : [];
}

/** Lets one file stand in the place of another. Only in a process with mounts of its own. */
export function mountOver(target: string, file: string): void {
  execFileSync('mount', ['--bind', file, target], { stdio: 'ignore', timeout: ANSWER_MS });
}
