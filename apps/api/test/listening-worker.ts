import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real worker that waits for a server to dial it. */
export class ListeningWorker {
  url = '';
  fingerprint = '';
  log = '';
  private child: ChildProcess | null = null;
  private said = '';

  constructor(
    private readonly bundle: string,
    readonly dataDir: string,
    private readonly more: readonly string[] = [],
  ) {}

  get token(): string {
    return readFileSync(join(this.dataDir, 'listen-token'), 'utf8').trim();
  }

  get address(): { url: string; token: string; fingerprint: string } {
    return { url: this.url, token: this.token, fingerprint: this.fingerprint };
  }

  file(name: string): string {
    return readFileSync(join(this.dataDir, name), 'utf8');
  }

  /** At the same port as before. */
  async start(): Promise<void> {
    this.said = '';
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const args = [
      this.bundle,
      '--listen',
      port,
      '--listen-host',
      '127.0.0.1',
      '--data',
      this.dataDir,
      '--name',
      'lab computer',
      '--no-isolation',
      ...this.more,
    ];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', MLE_LOG_LEVEL: 'debug' },
    });
    this.child = child;
    child.stdout.on('data', (bytes: Buffer) => (this.said += String(bytes)));
    child.stderr.on('data', (bytes: Buffer) => (this.log += String(bytes)));
    for (let tries = 0; tries < 1_500; tries++) {
      const shown = /address\s+(\S+)[^]*fingerprint\s+(\S+)[^]*token\s+\S/.exec(this.said);
      if (shown) {
        [this.url, this.fingerprint] = [shown[1] ?? '', shown[2] ?? ''];
        return;
      }
      if (child.exitCode !== null) break;
      await sleep(20);
    }
    throw new Error(`the worker did not listen:\n${this.said}${this.log}`);
  }

  /** Its exit status, once it has ended by itself. */
  async ended(): Promise<number | null> {
    const child = this.child;
    if (child && child.exitCode === null) await once(child, 'exit');
    return child?.exitCode ?? null;
  }

  async kill(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Ends it with its supervisor. */
  async clear(): Promise<void> {
    await this.kill();
    const record = join(this.dataDir, 'supervisor.json');
    if (existsSync(record)) {
      const { pid } = JSON.parse(readFileSync(record, 'utf8')) as { pid: number };
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
