import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import type { Config } from '../config/config.js';
import { ConfigError } from '../config/config-error.js';
import { logger } from '../logging/logger.js';
import { FIRST_SCHEMA_VERSION, type Migration } from './migrations.js';

const COLLECTION = 'meta';
const KEY = 'schemaVersion';
interface VersionDocument {
  _id: string;
  version: number;
}

/**
 * Brings the data to the newest version, after a copy of the embedded store.
 * @throws ConfigError when the data is of a newer version than this program knows.
 */
export async function migrate(
  connection: Connection,
  migrations: readonly Migration[],
  { storeDir, dataDir }: Pick<Config, 'storeDir' | 'dataDir'>,
): Promise<void> {
  const meta = connection.collection<VersionDocument>(COLLECTION);
  const newest = migrations.at(-1)?.to ?? FIRST_SCHEMA_VERSION;
  const stored = await meta.findOne({ _id: KEY });
  if (stored === null) {
    // Two servers may start on empty data at once: the second finds the document there.
    await meta.updateOne({ _id: KEY }, { $setOnInsert: { version: newest } }, { upsert: true });
    return;
  }
  if (stored.version > newest) {
    throw new ConfigError([
      `The data is of version ${stored.version}, and this program knows versions up to ${newest}. Start the newer program again, or put back a backup from ${join(dataDir, 'backups')}.`,
    ]);
  }
  const pending = migrations.filter(({ to }) => to > stored.version);
  if (pending.length === 0) return;
  if (storeDir !== null) await backUp(storeDir, join(dataDir, 'backups', `store-v${stored.version}-${Date.now()}`));
  for (const { to, what, run } of pending) {
    logger.info({ to, what }, 'migrating the data');
    await run(connection);
    await meta.updateOne({ _id: KEY, version: to - 1 }, { $set: { version: to } });
  }
}

/**
 * A copy of its own each time: after an interrupted migration the first one is the good one. Nothing else writes at
 * this time: the launcher starts one API, and it has not begun to serve.
 */
async function backUp(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  await cp(from, to, { recursive: true, preserveTimestamps: true });
  logger.info({ to }, 'copied the data before migrating it');
}
