import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer } from './redis-server.js';
import { type StoreOptions, StoreServer } from './store-server.js';

/** Redis and the store as real processes, with their data in a temporary folder. */
export interface Parts {
  folder: string;
  redis: RedisServer;
  store: StoreServer;
  redisUrl: string;
  mongodbUri: string;
  /** The API's data directory. */
  dataDir: string;
  storeDir: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export async function startParts(options: StoreOptions = {}): Promise<Parts> {
  const folder = await mkdtemp(join(tmpdir(), 'mle-parts-'));
  const dataDir = join(folder, 'data');
  await mkdir(dataDir, { mode: 0o700 });
  const redis = new RedisServer(join(folder, 'redis'));
  const store = new StoreServer(join(folder, 'store'), options);
  const stop = async (signal?: NodeJS.Signals): Promise<void> => {
    await Promise.all([redis.kill(signal), store.kill(signal)]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all([redis.start(), store.start()]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { folder, redis, store, redisUrl: redis.url, mongodbUri: store.uri, dataDir, storeDir: store.data, stop };
}
