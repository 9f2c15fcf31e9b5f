import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import type { FifoPool, Pipe } from './fifo-pool.js';
import { closePipe } from './fifo-pool.js';
import { forksSoFar } from './process-hunt.js';

export interface Program {
  child: ChildProcess;
  pid: number;
  /** What `forksSoFar` said before it. */
  forks: number | null;
  /** The ends to read from. */
  stdoutFd: number;
  stderrFd: number;
}

interface Wish {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  uid: number | null;
  gid: number | null;
}

/** Starts a program in a session of its own, with real pipes. Throws what the system says. */
export async function startProgram({ argv, cwd, env, uid, gid }: Wish, pool: FifoPool): Promise<Program> {
  const [file, ...args] = argv as [string, ...string[]];
  const pipes: Pipe[] = [];
  try {
    const stdout = await pool.take();
    pipes.push(stdout);
    const stderr = await pool.take();
    pipes.push(stderr);
    const forks = forksSoFar();
    const child = spawn(file, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', stdout.writeFd, stderr.writeFd],
      ...(uid !== null && gid !== null ? { uid, gid } : {}),
    });
    if (child.pid === undefined) throw ((await once(child, 'error')) as [Error])[0];
    child.on('error', () => undefined);
    closeSync(stdout.writeFd);
    closeSync(stderr.writeFd);
    return { child, pid: child.pid, forks, stdoutFd: stdout.readFd, stderrFd: stderr.readFd };
  } catch (error) {
    pipes.forEach(closePipe);
    throw error;
  }
}
