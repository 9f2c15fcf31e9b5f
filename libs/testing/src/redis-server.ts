import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from './program.js';

/** A Redis that keeps nothing on the disk, on a unix socket in a folder of its own, with a password. */
export class RedisServer extends Program {
  readonly socket: string;
  readonly password: string;

  constructor(folder: string) {
    const socket = join(folder, 'redis.sock');
    const password = randomBytes(16).toString('hex');
    super({
      command: 'redis-server',
      args: ['-'],
      ready: /eady to accept/,
      input: [
        'port 0',
        `unixsocket ${socket}`,
        'unixsocketperm 700',
        'save ""',
        'appendonly no',
        `dir ${folder}`,
        `requirepass ${password}`,
      ].join('\n'),
      folder,
    });
    this.socket = socket;
    this.password = password;
  }

  get url(): string {
    return this.urlAt(this.socket);
  }

  /** Its address behind a proxy. */
  urlAt(socket: string): string {
    return `unix://:${this.password}@${socket}`;
  }
}

/** Starts a Redis in a temporary folder. */
export async function startRedis(): Promise<RedisServer> {
  const redis = new RedisServer(await mkdtemp(join(tmpdir(), 'mle-redis-')));
  await redis.start();
  return redis;
}
