import { CommandError } from '../errors/command-error.js';
import { Catalog, type CollectionDefinition } from '../storage/catalog.js';
import type { Storage } from '../storage/environment.js';
import { scanKeys, wholeRange } from '../storage/key-space.js';
import { Collection } from './collection.js';

const REMOVED_AT_ONCE = 2000;

/** All collections of the store, ready to be read and written. */
export class Databases {
  readonly catalog: Catalog;
  private readonly opened = new Map<CollectionDefinition, Collection>();
  private removing = false;

  constructor(readonly storage: Storage) {
    this.catalog = new Catalog(storage);
    storage.onAbort = () => {
      this.catalog.load();
      this.opened.clear();
    };
  }

  find(database: string, name: string): Collection | undefined {
    const definition = this.catalog.find(database, name);
    if (definition === undefined) return undefined;
    let collection = this.opened.get(definition);
    if (collection === undefined) {
      collection = new Collection(this.storage, this.catalog, definition);
      this.opened.set(definition, collection);
    }
    return collection;
  }

  /** The collection, made if need be. Only inside a write. */
  findOrCreate(database: string, name: string): Collection {
    const found = this.find(database, name);
    if (found !== undefined) return found;
    checkName(database, name);
    this.catalog.create(database, name);
    return this.findOrCreate(database, name);
  }

  /** Forgets the compiled form after the indexes changed. */
  refresh(collection: Collection): void {
    this.opened.delete(collection.definition);
  }

  /** Only inside a write; follow it with `removeDropped`. */
  drop(collection: Collection): void {
    this.opened.delete(collection.definition);
    this.catalog.drop(collection.definition);
  }

  /** Deletes what dropped collections and indexes left behind, a little at a time. */
  async removeDropped(): Promise<void> {
    if (this.removing) return;
    this.removing = true;
    try {
      while (await this.storage.write(() => this.removeSome())) await new Promise((resume) => setImmediate(resume));
    } finally {
      this.removing = false;
    }
  }

  private removeSome(): boolean {
    const [dropped] = this.catalog.dropped();
    if (dropped === undefined) return false;
    const table = this.storage[dropped.table];
    let removed = 0;
    for (const key of scanKeys(table, wholeRange(dropped.id), false)) {
      table.removeSync(key);
      if (++removed >= REMOVED_AT_ONCE) return true;
    }
    dropped.done();
    return true;
  }
}

function checkName(database: string, name: string): void {
  if (name === '' || name.includes('$') || name.includes('\0') || name.startsWith('.') || name.endsWith('.')) {
    throw new CommandError('InvalidNamespace', `Invalid collection name: ${name}`);
  }
  if (!/^[^/\\. "$*<>:|?\0]{1,63}$/.test(database))
    throw new CommandError('InvalidNamespace', `Invalid database name: '${database}'`);
}
