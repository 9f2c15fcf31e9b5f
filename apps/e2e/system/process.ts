import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Much more than it takes, for a computer that is busy with other things. */
const READY_MS = 60_000;

/** A program of the product under test, which can be killed and started again. */
export class Program {
  private child: ChildProcess | null = null;
  private said = '';

  constructor(
    private readonly command: string,
    private readonly args: readonly string[],
    private readonly env: Record<string, string>,
    /** Said on standard output once it is ready. */
    private readonly ready: RegExp,
    /** Given on standard input. */
    private readonly input = '',
  ) {}

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.command} does not run`);
    return this.child.pid;
  }

  /** All that it printed since its last start, for the message of a failing test. */
  get output(): string {
    return this.said;
  }

  async start(): Promise<void> {
    this.said = '';
    const child = spawn(this.command, this.args, {
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...this.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    child.stdin.end(this.input);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (this.said += data.toString()));
    for (let waited = 0; !this.ready.test(this.said); waited += 20) {
      if (child.exitCode !== null || waited > READY_MS)
        throw new Error(`${this.args[0] ?? this.command} did not get ready:\n${this.said}`);
      await sleep(20);
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }
}
