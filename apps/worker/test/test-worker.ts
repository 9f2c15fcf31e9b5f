import type { ChildProcess, StdioOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { until } from '@mle/testing';
import { z } from 'zod';
import { isAlive, processesWith } from './processes.js';
import type { TestServer } from './test-server.js';

/**
 * For tests of what a run does that ignores Ctrl-C: all others leave it the product's time, as a busy computer takes
 * long to end a program.
 */
export const SHORT_STOP = { MLE_STOP_GRACE_MS: '1000', MLE_STOP_TERM_MS: '3000' };

export const BUNDLE = process.env['MLE_TEST_WORKER_BUNDLE'] ?? '';

interface Options {
  env?: Record<string, string>;
  lifeline?: boolean;
  /** Left open for the worker by whoever starts it: a descriptor of this process, and its number there. */
  leaked?: { from: number; as: number };
  args?: string[];
  /** Only for a test process with root. */
  uid?: number;
}

/** A data directory and the worker processes that use it, one after the other. */
export class TestWorker {
  readonly dataDir: string;
  stdout = '';
  stderr = '';
  private child: ChildProcess | null = null;
  private readonly top = mkdtempSync(join(tmpdir(), 'mle-worker-test-'));
  private readonly bundle: string;

  constructor(
    private readonly server: TestServer,
    private readonly options: Options = {},
  ) {
    chmodSync(this.top, 0o711);
    this.bundle = options.uid === undefined ? BUNDLE : readableCopy(join(this.top, 'worker.mjs'));
    this.dataDir = join(this.top, 'data');
    writeFileSync(join(this.top, 'token'), `${server.joinToken}\n`);
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  get ended(): boolean {
    return this.child !== null && (this.child.exitCode !== null || this.child.signalCode !== null);
  }

  get supervisorPid(): number {
    return z.object({ pid: z.int() }).parse(JSON.parse(readFileSync(join(this.dataDir, 'supervisor.json'), 'utf8')))
      .pid;
  }

  get tokenFile(): string {
    return join(this.top, 'token');
  }

  /** Attempts in the journal. */
  get journal(): string[] {
    return existsSync(join(this.dataDir, 'attempts')) ? readdirSync(join(this.dataDir, 'attempts')) : [];
  }

  /** Starts the process and waits until it is ready. */
  async start(): Promise<void> {
    this.launch();
    await until('the worker is ready', () => {
      if (this.child?.exitCode !== null) throw new Error(`The worker ended: ${this.stderr}`);
      return this.stdout.includes('"worker ready"');
    });
  }

  launch(): void {
    this.stdout = '';
    const { lifeline = false, env = {}, args = [], uid, leaked } = this.options;
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', lifeline ? 'pipe' : 'ignore'];
    if (leaked !== undefined) {
      while (stdio.length < leaked.as) stdio.push('ignore');
      stdio.push(leaked.from);
    }
    const words = [
      '--url',
      this.server.url,
      '--data',
      this.dataDir,
      '--name',
      'test worker',
      '--token-file',
      this.tokenFile,
    ];
    if (uid !== undefined) {
      chownSync(this.top, uid, uid);
      chownSync(this.tokenFile, uid, uid);
    }
    const child = spawn(
      process.execPath,
      [this.bundle, ...words, ...(lifeline ? ['--lifeline-fd', '3'] : []), ...args],
      {
        ...(uid === undefined ? {} : { uid, gid: uid }),
        stdio,
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          MLE_LOG_LEVEL: 'debug',
          ...env,
        },
      },
    );
    child.stdout?.on('data', (bytes: Buffer) => (this.stdout += bytes.toString()));
    child.stderr?.on('data', (bytes: Buffer) => (this.stderr += bytes.toString()));
    this.child = child;
  }

  lifeline(word: string | null): void {
    const pipe = this.child?.stdio[3] as Writable;
    if (word === null) pipe.end();
    else pipe.write(`${word}\n`);
  }

  async exited(): Promise<number | null> {
    const child = this.child as ChildProcess;
    if (!this.ended) await once(child, 'exit');
    return child.exitCode;
  }

  async signal(signal: NodeJS.Signals): Promise<number | null> {
    this.child?.kill(signal);
    return this.exited();
  }

  /** Ends everything that uses the data directory, and proves it. */
  async clear(): Promise<void> {
    if (this.child !== null && !this.ended) await this.signal('SIGKILL');
    rmSync(this.dataDir, { recursive: true, force: true });
    const ids = [...this.server.runs.values()].map(({ spec }) => spec.runId);
    await until('no process is left', () => [this.dataDir, ...ids].every((text) => processesWith(text).length === 0));
    rmSync(this.top, { recursive: true, force: true });
  }

  supervisorLives(): boolean {
    return existsSync(join(this.dataDir, 'supervisor.json')) && isAlive(this.supervisorPid);
  }
}

/** The build may lie where no other user reaches it, as under umask 077. */
function readableCopy(path: string): string {
  copyFileSync(BUNDLE, path);
  chmodSync(path, 0o644);
  return path;
}
