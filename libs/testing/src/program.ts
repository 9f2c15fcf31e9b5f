import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';

/** Much more than it takes, for a computer that is busy with other things. */
const READY_MS = 60_000;
/** Of a program that ends when this pipe is cut. */
export const LIFELINE_FD = 3;

export interface ProgramSettings {
  command: string;
  args: readonly string[];
  /** Beside PATH, LD_LIBRARY_PATH and HOME: of the rest of the environment of a test a program sees nothing. */
  env?: Record<string, string>;
  /** Printed once it is ready. */
  ready: RegExp;
  /** Given on standard input. */
  input?: string;
  /** Opens a pipe at LIFELINE_FD, which is cut when the program is killed, and when this process ends. */
  lifeline?: boolean;
  /** Made at its start, and removed by `stop`. */
  folder?: string;
}

/** How a program ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
}

/** A child process that says when it is ready, and can be killed and started again. */
export class Program {
  private child: ChildProcess | null = null;
  private end: Promise<Ended> | null = null;
  private said = '';

  constructor(private readonly settings: ProgramSettings) {}

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.name} does not run`);
    return this.child.pid;
  }

  /** All that it printed since its last start, for the message of a failing test. */
  get output(): string {
    return this.said;
  }

  /** Resolves when it has ended and all of its output was read. */
  get ended(): Promise<Ended> {
    return this.end ?? Promise.reject(new Error(`${this.name} was not started`));
  }

  /** Starts it, again if it had ended, and waits until it is ready. */
  async start(): Promise<void> {
    const { command, args, env, input = '', lifeline = false, folder } = this.settings;
    if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
    this.said = '';
    const child = spawn(command, args, {
      env: { ...pathsOfTests(), HOME: process.env['HOME'] ?? '/', ...env },
      stdio: ['pipe', 'pipe', 'pipe', ...(lifeline ? ['pipe' as const] : [])],
    });
    this.child = child;
    this.end = ending(child);
    // It may end before it has read all that it is given.
    for (const stream of child.stdio) stream?.on('error', () => undefined);
    child.stdin?.end(input);
    try {
      await this.getsReady(child);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** Ends it, by default as a power cut would. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    this.cutLifeline();
    await exit;
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  cutLifeline(): void {
    this.child?.stdio[LIFELINE_FD]?.destroy();
  }

  /** Ends it for good, and removes its folder. */
  async stop(): Promise<void> {
    await this.kill('SIGTERM');
    if (this.settings.folder !== undefined) await rm(this.settings.folder, { recursive: true, force: true });
  }

  private get name(): string {
    return this.settings.args[0] ?? this.settings.command;
  }

  private async getsReady(child: ChildProcess): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(new Error(`${this.name} did not get ready:\n${this.said}`));
      late = setTimeout(fail, READY_MS);
      child.once('error', reject);
      // Not at its exit: its last words may not have been read by then.
      child.once('close', fail);
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (data: Buffer) => {
          this.said += data.toString();
          if (this.settings.ready.test(this.said)) resolve();
        });
    }).finally(() => clearTimeout(late));
  }
}

/** Waits for the end of a process. */
export function ending(child: ChildProcess): Promise<Ended> {
  let stderr = '';
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, stderr })));
}

/** Where programs and their libraries are found. A Redis that was unpacked, and not installed, has its own beside it. */
export function pathsOfTests(): Record<string, string> {
  const { PATH = '', LD_LIBRARY_PATH } = process.env;
  return { PATH, ...(LD_LIBRARY_PATH !== undefined && { LD_LIBRARY_PATH }) };
}
