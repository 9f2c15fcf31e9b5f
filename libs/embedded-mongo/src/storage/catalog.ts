import { randomUUID } from 'node:crypto';
import { decodeExact, type Document, encode } from '../bson/document.js';
import type { Storage } from './environment.js';

/** An index as the catalog keeps it. */
export interface IndexDefinition {
  id: number;
  name: string;
  key: Record<string, 1 | -1>;
  unique: boolean;
  sparse: boolean;
  partialFilterExpression?: Document;
  expireAfterSeconds?: number;
  /** Some document has an array there, so that it has several entries. */
  multikey: boolean;
}

/**
 * A collection as the catalog keeps it. `_id` is no entry in `indexes`: the documents themselves are kept in its order.
 */
export interface CollectionDefinition {
  id: number;
  database: string;
  name: string;
  uuid: string;
  indexes: IndexDefinition[];
}

const NEXT_ID = Buffer.from('next-id');
const COLLECTION = 'collection:';
const DROPPED = 'dropped:';

/** Knows the collections and their indexes. Changes must happen inside a write of the storage. */
export class Catalog {
  private collections = new Map<string, CollectionDefinition>();
  private nextId = 1;

  constructor(private readonly storage: Storage) {
    this.load();
  }

  /** Reads everything again from disk. */
  load(): void {
    this.collections = new Map();
    this.nextId = this.storage.catalog.get(NEXT_ID)?.readUInt32BE(0) ?? 1;
    for (const { value } of this.range(COLLECTION)) {
      const collection = JSON.parse(String(decodeExact(value)['definition'])) as Omit<CollectionDefinition, 'indexes'>;
      const indexes = (decodeExact(value)['indexes'] as Document[]).map(readIndex);
      this.collections.set(`${collection.database}.${collection.name}`, { ...collection, indexes });
    }
  }

  find(database: string, name: string): CollectionDefinition | undefined {
    return this.collections.get(`${database}.${name}`);
  }

  /** All collections of a database, or of all of them. */
  list(database?: string): CollectionDefinition[] {
    const all = [...this.collections.values()];
    return database === undefined ? all : all.filter((collection) => collection.database === database);
  }

  create(database: string, name: string): CollectionDefinition {
    const collection = { id: this.takeId(), database, name, uuid: randomUUID(), indexes: [] };
    this.save(collection);
    return collection;
  }

  /** Forgets the collection at once; its data is removed by `takeDropped`'s caller, also after a crash. */
  drop(collection: CollectionDefinition): void {
    this.storage.catalog.removeSync(catalogKey(collection));
    this.collections.delete(`${collection.database}.${collection.name}`);
    this.markDropped('documents', collection.id);
    for (const index of collection.indexes) this.markDropped('indexes', index.id);
  }

  addIndex(collection: CollectionDefinition, index: Omit<IndexDefinition, 'id' | 'multikey'>): IndexDefinition {
    const created = { ...index, id: this.takeId(), multikey: false };
    collection.indexes.push(created);
    this.save(collection);
    return created;
  }

  removeIndex(collection: CollectionDefinition, index: IndexDefinition): void {
    collection.indexes = collection.indexes.filter((other) => other !== index);
    this.save(collection);
    this.markDropped('indexes', index.id);
  }

  markMultikey(collection: CollectionDefinition, index: IndexDefinition): void {
    index.multikey = true;
    this.save(collection);
  }

  /** Number ranges whose data is still to be removed. */
  dropped(): { table: 'documents' | 'indexes'; id: number; done: () => void }[] {
    return [...this.range(DROPPED)].map(({ key }) => {
      const [, table = '', id = ''] = key.toString().split(':');
      const done = (): void => void this.storage.catalog.removeSync(key);
      return { table: table === 'documents' ? 'documents' : 'indexes', id: Number(id), done };
    });
  }

  save(collection: CollectionDefinition): void {
    const { indexes, ...definition } = collection;
    const value = encode({ definition: JSON.stringify(definition), indexes: indexes });
    this.storage.catalog.putSync(catalogKey(collection), value);
    this.collections.set(`${collection.database}.${collection.name}`, collection);
  }

  private markDropped(table: 'documents' | 'indexes', id: number): void {
    this.storage.catalog.putSync(Buffer.from(`${DROPPED}${table}:${id}`), Buffer.from([1]));
  }

  private takeId(): number {
    const id = this.nextId++;
    const next = Buffer.alloc(4);
    next.writeUInt32BE(this.nextId);
    this.storage.catalog.putSync(NEXT_ID, next);
    return id;
  }

  private range(prefix: string): { key: Buffer; value: Buffer }[] {
    const end = Buffer.from(`${prefix.slice(0, -1)};`);
    return [...this.storage.catalog.getRange({ start: Buffer.from(prefix), end })];
  }
}

const catalogKey = ({ database, name }: CollectionDefinition): Buffer =>
  Buffer.from(`${COLLECTION}${database}.${name}`);

function readIndex(stored: Document): IndexDefinition {
  const number = (value: unknown): number => Number(String(value));
  const key = Object.fromEntries(
    Object.entries(stored['key'] as Document).map(([path, way]) => [path, number(way) < 0 ? -1 : 1]),
  );
  const index: IndexDefinition = {
    id: number(stored['id']),
    name: String(stored['name']),
    key: key as Record<string, 1 | -1>,
    unique: stored['unique'] === true,
    sparse: stored['sparse'] === true,
    multikey: stored['multikey'] === true,
  };
  if (stored['partialFilterExpression'] !== undefined)
    index.partialFilterExpression = stored['partialFilterExpression'] as Document;
  if (stored['expireAfterSeconds'] !== undefined) index.expireAfterSeconds = number(stored['expireAfterSeconds']);
  return index;
}
