import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { JoinTokenView } from '@mle/protocol';
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
  /** The worker of this computer, which is the first of `workers`. */
  worker: Program;
  workers: Program[];
  /** Logged in as the first user. */
  client: Api;
  stop(): Promise<void>;
}

/** Where the parts listen, and where the others reach them: a test may put a proxy in between. */
export interface Addresses {
  api: { port: number };
  redis: { path: string };
  store: { path: string };
}

export interface InstallOptions {
  /** False leaves the first user to the set-up link, as on a new installation. */
  firstUser?: boolean;
  workers?: number;
  /** Answers the addresses at which the parts are reached: the API by the workers, Redis and the store by the API. */
  between?: (real: Addresses) => Promise<Addresses>;
  /** More arguments of node for the workers. */
  workerNodeArgs?: string[];
}

export async function install(env: Record<string, string> = {}, options: InstallOptions = {}): Promise<Installation> {
  const {
    firstUser = true,
    workers: count = 1,
    between = (real) => Promise.resolve(real),
    workerNodeArgs = [],
  } = options;
  const folder = await mkdtemp(join(tmpdir(), 'mle-system-'));
  // Runs with a uid of their own have to pass through to their workspaces.
  await chmod(folder, 0o711);
  const secret = randomBytes(16).toString('hex');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const real = {
    api: { port },
    redis: { path: join(folder, 'redis.sock') },
    store: { path: join(folder, 'store.sock') },
  };
  const reached = await between(real);
  const tokenFile = join(folder, 'join-token');
  await mkdir(join(folder, 'data'), { mode: 0o700 });
  await writeFile(tokenFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  const node = (args: string[], environment: Record<string, string>, ready: RegExp): Program =>
    new Program(process.execPath, args, { ...environment, ...env }, ready);
  const built = (script: string): string => join(ROOT, 'dist', script);
  const redisConfig = [
    'port 0',
    `unixsocket ${real.redis.path}`,
    'save ""',
    'appendonly no',
    `dir ${folder}`,
    `requirepass ${secret}`,
  ].join('\n');

  const redis = new Program('redis-server', ['-'], {}, /Ready to accept connections|eady to accept/, redisConfig);
  const store = node(
    [
      built('libs/embedded-mongo/store.mjs'),
      '--socket',
      real.store.path,
      '--data',
      join(folder, 'store'),
      '--no-fsync',
    ],
    {},
    /store ready/,
  );
  const api = node(
    [built('apps/api/main.mjs')],
    {
      MLE_PORT: String(port),
      MLE_DATA_DIR: join(folder, 'data'),
      MONGODB_URI: `mongodb://${encodeURIComponent(reached.store.path)}/mle?directConnection=true`,
      REDIS_URL: `unix://:${secret}@${reached.redis.path}`,
      ...(firstUser && { MLE_ADMIN_LOGIN: LOGIN, MLE_ADMIN_PASSWORD: PASSWORD }),
      MLE_LOCAL_JOIN_TOKEN_FILE: tokenFile,
    },
    /api ready/,
  );
  const worker = (data: string, token: string, name: string): Program =>
    node(
      [
        ...workerNodeArgs,
        built('apps/worker/worker.mjs'),
        '--url',
        `http://127.0.0.1:${reached.api.port}`,
        '--data',
        join(folder, data),
        '--token-file',
        token,
        '--name',
        name,
      ],
      {},
      /worker ready/,
    );
  const workers = [worker('worker', tokenFile, 'this computer')];
  const client = new Api(url);
  const stop = async (): Promise<void> => {
    await Promise.all(workers.map((each) => each.kill('SIGTERM')));
    await Promise.all([api.kill(), redis.kill(), store.kill()]);
    // The supervisors see that their sockets are gone, and end with whatever they still run.
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all([redis.start(), store.start()]);
    await api.start();
    await workers[0]?.start();
    if (firstUser) await client.login(LOGIN, PASSWORD);
    for (let i = 1; i < count; i++) {
      const { token } = await client.json<JoinTokenView>('POST', 'machines/join-tokens');
      const file = join(folder, `join-token-${i}`);
      await writeFile(file, token, { mode: 0o600 });
      const joined = worker(`worker-${i}`, file, `machine ${i}`);
      workers.push(joined);
      await joined.start();
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, folder, redis, store, api, worker: workers[0] as Program, workers, client, stop };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
