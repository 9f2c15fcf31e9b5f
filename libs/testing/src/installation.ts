import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JoinTokenView } from '@mle/protocol';
import { Client } from './client.js';
import { freePort } from './free-port.js';
import { type Parts, startParts } from './parts.js';
import { LIFELINE_FD, Program } from './program.js';
import { built } from './workspace.js';

export const LOGIN = 'ada';
export const PASSWORD = 'correct horse battery';

/** Every part of the product as its own process, from the build, with data in a temporary folder. */
export interface Installation extends Pick<Parts, 'folder' | 'redis' | 'store'> {
  url: string;
  api: Program;
  /** The worker of this computer, which is the first of `workers`. */
  worker: Program;
  workers: Program[];
  /** Logged in as the first user. */
  client: Client;
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
  /** More arguments of node for a part. */
  nodeArgs?: (part: 'store' | 'api' | 'worker') => string[];
  /** Each write of the store waits for the disk, as in an installation. */
  fsync?: boolean;
  /** All parts but Redis end when this process does, however it ends; `stop` lets them end in order. */
  lifeline?: boolean;
}

export async function install(env: Record<string, string> = {}, options: InstallOptions = {}): Promise<Installation> {
  const { firstUser = true, workers: count = 1, nodeArgs = () => [], fsync, lifeline = false } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const client = new Client(url);
  const parts = await startParts({ env, nodeArgs: nodeArgs('store'), fsync, lifeline });
  const { folder, redis, store } = parts;
  const tokenFile = join(folder, 'join-token');

  const makeApi = ({ redis: { path: redisPath }, store: { path: storePath } }: Addresses): Program =>
    new Program({
      command: process.execPath,
      args: [...nodeArgs('api'), built('apps/api/main.mjs')],
      env: {
        MLE_PORT: String(port),
        MLE_DATA_DIR: parts.dataDir,
        MONGODB_URI: store.uriAt(storePath),
        REDIS_URL: redis.urlAt(redisPath),
        ...(firstUser && { MLE_ADMIN_LOGIN: LOGIN, MLE_ADMIN_PASSWORD: PASSWORD }),
        MLE_LOCAL_JOIN_TOKEN_FILE: tokenFile,
        ...(lifeline && { MLE_LIFELINE_FD: String(LIFELINE_FD) }),
        ...env,
      },
      ready: /api ready/,
      lifeline,
    });
  const makeWorker = (apiPort: number, data: string, token: string, name: string): Program =>
    new Program({
      command: process.execPath,
      args: [
        ...nodeArgs('worker'),
        built('apps/worker/worker.mjs'),
        ...['--url', `http://127.0.0.1:${apiPort}`],
        ...['--data', join(folder, data), '--token-file', token, '--name', name],
        ...(lifeline ? ['--lifeline-fd', String(LIFELINE_FD)] : []),
      ],
      env,
      ready: /worker ready/,
      lifeline,
    });

  let api: Program | null = null;
  const workers: Program[] = [];
  const stop = async (): Promise<void> => {
    const signal = lifeline ? 'SIGTERM' : 'SIGKILL';
    await Promise.all(workers.map((each) => each.kill('SIGTERM')));
    await api?.kill(signal);
    // The supervisors see that their sockets are gone, and end with whatever they still run.
    await parts.stop(signal);
  };
  try {
    // Runs with a uid of their own have to pass through to their workspaces.
    await chmod(folder, 0o711);
    await writeFile(tokenFile, randomBytes(24).toString('hex'), { mode: 0o600 });
    const real = { api: { port }, redis: { path: redis.socket }, store: { path: store.socket } };
    const reached = (await options.between?.(real)) ?? real;
    api = makeApi(reached);
    await api.start();
    const worker = makeWorker(reached.api.port, 'worker', tokenFile, 'this computer');
    workers.push(worker);
    await worker.start();
    if (firstUser) await client.login(LOGIN, PASSWORD);
    for (let i = 1; i < count; i++) {
      const { token } = await client.json<JoinTokenView>('POST', 'machines/join-tokens');
      const file = join(folder, `join-token-${i}`);
      await writeFile(file, token, { mode: 0o600 });
      const joined = makeWorker(reached.api.port, `worker-${i}`, file, `machine ${i}`);
      workers.push(joined);
      await joined.start();
    }
    return { url, folder, redis, store, api, worker, workers, client, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
