import { spawn } from 'node:child_process';

const MAX_BYTES = 64 * 1024;

/** It said nothing in time, which proves neither that it is there nor that it is not. */
export const SLOW = Symbol('slow');
/** What a program said: null where it is absent or failed. */
export type Answer = string | null | typeof SLOW;

/**
 * Asks a program one question. One that hangs is killed with all that it started, and is not waited for:
 * a driver may hold it where no signal reaches it.
 */
export async function probe(file: string, args: string[], path: string, limitMs: number): Promise<Answer> {
  try {
    return await ask(file, args, path, limitMs);
  } catch {
    // This process has no descriptors or no memory left for another one.
    return SLOW;
  }
}

function ask(file: string, args: string[], path: string, limitMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: path, HOME: '/' },
      cwd: '/',
    });
    const settle = (answer: Answer): void => {
      clearTimeout(limit);
      resolve(answer);
    };
    let said = '';
    child.on('error', () => settle(null));
    child.on('close', (code) => settle(code === 0 ? said.trim() || null : null));
    child.stdout.on('data', (bytes: Buffer) => {
      if (said.length < MAX_BYTES) said += bytes.toString();
    });
    const limit = setTimeout(() => {
      killGroup(child.pid);
      child.stdout.destroy();
      child.unref();
      settle(SLOW);
    }, limitMs);
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
