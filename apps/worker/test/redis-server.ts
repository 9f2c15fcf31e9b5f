import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.js';

/** A Redis server of its own on a unix socket. */
export class TestRedis {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly socket: string,
  ) {}

  static async start(): Promise<TestRedis> {
    const folder = mkdtempSync(join(tmpdir(), 'mle-redis-'));
    const socket = join(folder, 'redis.sock');
    const child = spawn(
      'redis-server',
      ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no', '--dir', folder],
      { stdio: 'ignore' },
    );
    await until('redis-server listens', () => existsSync(socket));
    return new TestRedis(child, folder, socket);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      this.process.kill();
      await once(this.process, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
