import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const WORKSPACE = resolve(import.meta.dirname, '../../..');
const FOLDER = join(WORKSPACE, 'dist/libs/embedded-mongo/spec');
const BUNDLE = join(FOLDER, 'store.mjs');
let built = false;

/**
 * The store as it is shipped, bundled once per test file. It is renamed into place, as other test files may be starting
 * it.
 */
export function bundle(): string {
  if (!built) {
    const own = join(FOLDER, `${process.pid}.mjs`);
    execFileSync(process.execPath, ['tools/bundle.mjs', join(import.meta.dirname, '../src/main.ts'), own], {
      cwd: WORKSPACE,
    });
    renameSync(own, BUNDLE);
    rmSync(`${own}.map`, { force: true });
  }
  built = true;
  return BUNDLE;
}

/** How a process ended and what it said. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
}

/** A store in a process of its own, on a socket in a folder of its own. */
export class StoreProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'em-'));
  readonly socket = join(this.folder, 'store.sock');
  readonly data = join(this.folder, 'data');
  readonly uri = `mongodb://${encodeURIComponent(this.socket)}/mle?directConnection=true`;
  private child: ChildProcess | null = null;
  private ended: Promise<Ended> | null = null;

  static async start(...args: string[]): Promise<StoreProcess> {
    const store = new StoreProcess();
    await store.start(...args);
    return store;
  }

  /** Starts the process, again if it had ended, and waits until it listens. */
  start(...args: string[]): Promise<void> {
    return this.watch(launch([...this.own(), ...args]));
  }

  /** The same with files of at most so many KiB, which the store meets like a full disk. */
  startWithFileLimit(kilobytes: number): Promise<void> {
    const script = `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$0" "$@"`;
    return this.watch(
      spawn('bash', ['-c', script, process.execPath, bundle(), ...this.own()], { stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  private own(): string[] {
    return ['--socket', this.socket, '--data', this.data];
  }

  private async watch(child: ChildProcess): Promise<void> {
    this.child = child;
    this.ended = ending(this.child);
    const ready = new Promise<void>((listening) => child.stdout?.once('data', () => listening()));
    const early = await Promise.race([ready, this.ended]);
    if (early !== undefined) throw new Error(`The store ended with ${String(early.code)}: ${early.stderr}`);
  }

  /** Ends the process by a signal and waits for its end. */
  async end(signal: NodeJS.Signals): Promise<Ended> {
    if (this.child === null || this.ended === null) throw new Error('not started');
    this.child.kill(signal);
    return this.ended;
  }

  async remove(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs the store with these arguments to its end. */
export const runToEnd = (args: string[]): Promise<Ended> => ending(launch(args));

/** Starts the store with a pipe as its file descriptor 3. */
export const launchWithLifeline = (args: string[]): ChildProcess =>
  spawn(process.execPath, [bundle(), ...args, '--lifeline-fd', '3'], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });

const launch = (args: string[]): ChildProcess =>
  spawn(process.execPath, [bundle(), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

/** Waits for the end of a process. */
export function ending(child: ChildProcess): Promise<Ended> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done) => child.once('close', (code, signal) => done({ code, signal, stderr })));
}
