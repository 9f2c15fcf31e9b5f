import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Child } from './child.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const STORE = join(ROOT, 'dist/libs/embedded-mongo/store.mjs');

/** Redis and the store as real processes, with their data in a temporary folder. */
export interface Parts {
  redisUrl: string;
  mongodbUri: string;
  /** The API's data directory. */
  dataDir: string;
  storeDir: string;
  redis: Pick<Child, 'start' | 'kill'>;
  store: Pick<Child, 'start' | 'kill'>;
  stop(): Promise<void>;
}

export async function startParts(): Promise<Parts> {
  if (!existsSync(STORE)) throw new Error('The store is not built. Run: npx nx build embedded-mongo');
  const folder = await mkdtemp(join(tmpdir(), 'mle-api-'));
  const [dataDir, storeDir] = [join(folder, 'data'), join(folder, 'store')];
  await mkdir(dataDir, { mode: 0o700 });
  const redisSocket = join(folder, 'redis.sock');
  const storeSocket = join(folder, 'store.sock');
  const password = randomBytes(16).toString('hex');
  const redisConfig = join(folder, 'redis.conf');
  await writeFile(
    redisConfig,
    `port 0\nunixsocket ${redisSocket}\nunixsocketperm 700\nsave ""\nappendonly no\ndir ${folder}\nrequirepass ${password}\n`,
    { mode: 0o600 },
  );
  const redis = new Child('redis-server', [redisConfig], redisSocket);
  const store = new Child(
    process.execPath,
    [STORE, '--socket', storeSocket, '--data', storeDir, '--no-fsync'],
    storeSocket,
  );
  const stop = async () => {
    await Promise.all([redis.kill(), store.kill()]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all([redis.start(), store.start()]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    redisUrl: `unix://:${password}@${redisSocket}`,
    mongodbUri: `mongodb://${encodeURIComponent(storeSocket)}/mle?directConnection=true`,
    dataDir,
    storeDir,
    redis,
    store,
    stop,
  };
}
