import { CommandError } from '../errors/command-error.js';
import type { IndexDefinition } from '../storage/catalog.js';
import { scanKeys, wholeRange } from '../storage/key-space.js';
import type { Collection } from './collection.js';
import type { Databases } from './database.js';
import { CompiledIndex } from './index-keys.js';

/**
 * Makes an index over what is there, inside a storage write. Returns why it could not, with the half-made index taken
 * back; `removeDropped` then deletes its entries.
 */
export function buildIndex(
  databases: Databases,
  collection: Collection,
  specification: Omit<IndexDefinition, 'id' | 'multikey'>,
): CommandError | null {
  const { catalog, storage } = databases;
  const { definition } = collection;
  const index = catalog.addIndex(definition, specification);
  const compiled = new CompiledIndex(index);
  try {
    for (const key of scanKeys(storage.documents, wholeRange(definition.id), false)) {
      const raw = storage.documents.get(key);
      if (raw !== undefined) collection.addToIndex(compiled, key.subarray(collection.prefix.length), raw);
    }
    return null;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    catalog.removeIndex(definition, index);
    return error;
  } finally {
    databases.refresh(collection);
  }
}
