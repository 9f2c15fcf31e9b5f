import { type ChildProcess, spawn } from 'node:child_process';

/** Address space of git and of each of its helpers: an answer without end is cut off by it. */
const MEMORY_KIB = 2 * 1024 * 1024;
/** The last words of git are enough for a sentence about its failure. */
const STDERR_BYTES = 64 * 1024;

interface GitOptions {
  env: NodeJS.ProcessEnv;
  /** Ends git, and whatever it started, at once. */
  signal: AbortSignal;
  /** Of standard output; more ends git. */
  maxOutputBytes: number;
  onStderr?: (text: string) => void;
}

/** git ended with a failure; `code` is ENOENT where there is no git. */
export class GitFailure extends Error {
  constructor(
    readonly code: string | number | null,
    readonly stderr: string,
  ) {
    super(`git ended with ${code}`);
  }
}

/**
 * Runs git in a process group of its own. Its helpers (`git-remote-http`, `ssh`, `index-pack`) outlive a git that is
 * killed alone, so that the group is killed, also after an orderly end.
 *
 * @throws GitFailure
 */
export async function git(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const { env, signal, maxOutputBytes, onStderr } = options;
  // A limit that the system does not know is no reason not to fetch.
  const limited = `ulimit -v ${MEMORY_KIB} 2>/dev/null; exec git "$@"`;
  const child = spawn('/bin/sh', ['-c', limited, 'git', ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = (): void => killGroup(child);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const output: Buffer[] = [];
  let bytes = 0;
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxOutputBytes) end();
    else output.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1');
    stderr = (stderr + text).slice(-STDERR_BYTES);
    onStderr?.(text);
  });
  try {
    const code = await new Promise<string | number | null>((resolve) => {
      child.on('error', ({ code: cause }: NodeJS.ErrnoException) => resolve(cause ?? null));
      child.on('close', (status) => resolve(status));
      // A helper may hold the pipes open after git is gone.
      child.on('exit', end);
    });
    // The shell's word for a program that is not there.
    if (code !== 0) throw new GitFailure(code === 127 ? 'ENOENT' : code, stderr);
    return Buffer.concat(output);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it is gone.
  }
}
