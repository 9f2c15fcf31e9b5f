import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathsOfTests } from '@mle/testing';

/** None of the system's users, for a test process with root. */
const PLAIN_UID = 54_321;
const READY_MS = 60_000;

export type User = 'root' | 'a plain user';

/** Where a command is typed, and what it finds in its environment besides PATH and HOME. */
interface Place {
  folder?: string;
  env?: Record<string, string>;
}

/** A person at a terminal: a home, a umask, and one command at a time. */
export class Terminal {
  output = '';
  private child: ChildProcess | null = null;

  private constructor(
    readonly home: string,
    private readonly uid: number,
    private readonly umask: string,
  ) {}

  static async of(user: User, umask: string): Promise<Terminal> {
    const own = process.getuid?.() ?? 0;
    const uid = own === 0 && user === 'a plain user' ? PLAIN_UID : own;
    const home = await mkdtemp(join(tmpdir(), 'mle-home-'));
    await chown(home, uid, uid);
    await chmod(home, 0o700);
    return new Terminal(home, uid, umask);
  }

  async type(command: string, ready: RegExp, { folder = this.home, env = {} }: Place = {}): Promise<void> {
    this.output = '';
    const child = spawn('/bin/sh', ['-c', `umask ${this.umask}; ${command}`], {
      cwd: folder,
      env: { ...pathsOfTests(), HOME: this.home, ...env },
      // A process group of its own, as a shell at a terminal gives it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(this.uid !== process.getuid?.() && { uid: this.uid, gid: this.uid }),
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (this.output += data.toString()));
    for (const end = Date.now() + READY_MS; !ready.test(this.output); await sleep(20))
      if (child.exitCode !== null || Date.now() > end) throw new Error(`It did not get ready:\n${this.output}`);
  }

  /** Ends when the last process of the command has let go of its output. */
  async ctrlC(): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined) return;
    this.child = null;
    const closed = once(child, 'close');
    try {
      process.kill(-child.pid, 'SIGINT');
    } catch {
      return;
    }
    await closed;
  }

  async close(): Promise<void> {
    await this.ctrlC();
    await rm(this.home, { recursive: true, force: true });
  }
}
