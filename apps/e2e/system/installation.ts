import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Api } from './api.js';
import { Program } from './process.js';

export const ROOT = resolve(import.meta.dirname, '../../..');
export const LOGIN = 'ada';
export const PASSWORD = 'correct horse battery';

/** Every part of the product as its own process, from the build, with data in a temporary folder. */
export interface Installation {
  url: string;
  folder: string;
  redis: Program;
  store: Program;
  api: Program;
  worker: Program;
  /** Logged in as the first user. */
  client: Api;
  stop(): Promise<void>;
}

/** `firstUser: false` leaves the first user to the set-up link, as on a new installation. */
export async function install(env: Record<string, string> = {}, { firstUser = true } = {}): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'mle-system-'));
  // Runs with a uid of their own have to pass through to their workspaces.
  await chmod(folder, 0o711);
  const secret = randomBytes(16).toString('hex');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const sockets = { redis: join(folder, 'redis.sock'), store: join(folder, 'store.sock') };
  const tokenFile = join(folder, 'join-token');
  await mkdir(join(folder, 'data'), { mode: 0o700 });
  await writeFile(tokenFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  const node = (script: string, args: string[], environment: Record<string, string>, ready: RegExp): Program =>
    new Program(process.execPath, [join(ROOT, 'dist', script), ...args], { ...environment, ...env }, ready);
  const redisConfig = ['port 0', `unixsocket ${sockets.redis}`, 'save ""', 'appendonly no', `dir ${folder}`, `requirepass ${secret}`].join('\n');

  const redis = new Program('redis-server', ['-'], {}, /Ready to accept connections|eady to accept/, redisConfig);
  const store = node('libs/embedded-mongo/store.mjs', ['--socket', sockets.store, '--data', join(folder, 'store'), '--no-fsync'], {}, /store ready/);
  const api = node(
    'apps/api/main.mjs',
    [],
    {
      MLE_PORT: String(port),
      MLE_DATA_DIR: join(folder, 'data'),
      MONGODB_URI: `mongodb://${encodeURIComponent(sockets.store)}/mle?directConnection=true`,
      REDIS_URL: `unix://:${secret}@${sockets.redis}`,
      ...(firstUser && { MLE_ADMIN_LOGIN: LOGIN, MLE_ADMIN_PASSWORD: PASSWORD }),
      MLE_LOCAL_JOIN_TOKEN_FILE: tokenFile,
    },
    /api ready/,
  );
  const worker = node(
    'apps/worker/worker.mjs',
    ['--url', url, '--data', join(folder, 'worker'), '--token-file', tokenFile, '--name', 'this computer'],
    {},
    /worker ready/,
  );
  const client = new Api(url);
  const stop = async (): Promise<void> => {
    await worker.kill('SIGTERM');
    await Promise.all([api.kill(), redis.kill(), store.kill()]);
    // The supervisor sees that its socket is gone, and ends with whatever it still runs.
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all([redis.start(), store.start()]);
    await api.start();
    await worker.start();
    if (firstUser) await client.login(LOGIN, PASSWORD);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, folder, redis, store, api, worker, client, stop };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
