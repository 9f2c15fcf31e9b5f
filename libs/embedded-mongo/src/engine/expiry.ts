import type { Databases } from './database.js';
import { compileFilter } from './matcher.js';
import { matchingIds, removeIfMatching } from './write.js';

const REMOVED_AT_ONCE = 200;

/** Deletes the documents whose time is over, by the TTL indexes. */
export async function removeExpired(databases: Databases, now = Date.now()): Promise<void> {
  for (const { database, name, indexes } of databases.catalog.list()) {
    for (const { key, expireAfterSeconds } of indexes) {
      const [path] = Object.keys(key);
      if (expireAfterSeconds === undefined || path === undefined) continue;
      const filter = { [path]: { $lt: new Date(now - expireAfterSeconds * 1000) } };
      await removeMatching(databases, database, name, filter);
    }
  }
}

async function removeMatching(
  databases: Databases,
  database: string,
  name: string,
  filter: Record<string, unknown>,
): Promise<void> {
  const collection = databases.find(database, name);
  if (collection === undefined) return;
  const matcher = compileFilter(filter);
  const ids = await matchingIds(collection, { filter });
  for (let i = 0; i < ids.length; i += REMOVED_AT_ONCE) {
    await databases.storage.write(() => {
      const current = databases.find(database, name);
      if (current !== undefined)
        for (const id of ids.slice(i, i + REMOVED_AT_ONCE)) removeIfMatching(current, id, matcher);
    });
  }
}
