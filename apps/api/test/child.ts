import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A real part of the installation: a process with a unix socket that answers when it is ready. */
export class Child {
  private process: ChildProcess | undefined;
  private output = '';

  constructor(
    private readonly command: string,
    private readonly args: string[],
    private readonly socket: string,
  ) {}

  async start(): Promise<void> {
    this.output = '';
    const child = spawn(this.command, this.args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (bytes: Buffer) => (this.output = (this.output + String(bytes)).slice(-4_000)));
    for (let tries = 0; tries < 1_000; tries++) {
      if (await answers(this.socket)) return;
      if (child.exitCode !== null) break;
      await delay(20);
    }
    await this.kill();
    throw new Error(`${this.command} did not start:\n${this.output}`);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve(true);
    });
    connection.on('error', () => resolve(false));
  });
}
