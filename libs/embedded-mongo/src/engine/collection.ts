import { EJSON, ObjectId } from 'bson';
import { type Document, idOf } from '../bson/document.js';
import { idKey } from '../bson/ordered-key.js';
import { assemble, elementHead } from '../bson/raw-document.js';
import { CommandError } from '../errors/command-error.js';
import type { Catalog, CollectionDefinition, IndexDefinition } from '../storage/catalog.js';
import type { Storage } from '../storage/environment.js';
import { numberPrefix, scanKeys } from '../storage/key-space.js';
import { CompiledIndex, entryId, entryKey } from './index-keys.js';

const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const NO_VALUE = Buffer.alloc(0);

interface IndexChange {
  index: CompiledIndex;
  added: Buffer[];
  removed: Buffer[];
  multikey: boolean;
}

/** The documents of one collection together with their index entries. Changes must happen inside a storage write. */
export class Collection {
  readonly prefix: Buffer;
  readonly indexes: CompiledIndex[];

  constructor(
    readonly storage: Storage,
    private readonly catalog: Catalog,
    readonly definition: CollectionDefinition,
  ) {
    this.prefix = numberPrefix(definition.id);
    this.indexes = definition.indexes.map((index) => new CompiledIndex(index));
  }

  get namespace(): string {
    return `${this.definition.database}.${this.definition.name}`;
  }

  /** The encoded document with this key, or undefined. */
  get(id: Buffer): Buffer | undefined {
    return this.storage.documents.get(Buffer.concat([this.prefix, id]));
  }

  /** Stores a new document (its bytes as they came) and returns its key. */
  insert(raw: Buffer): Buffer {
    const found = idOf(raw);
    if (found === null) return this.insert(assemble([encodedId(new ObjectId()), raw.subarray(4, -1)]));
    checkId(found.value);
    checkSize(raw);
    const id = idKey(found.value);
    const key = Buffer.concat([this.prefix, id]);
    if (this.storage.documents.doesExist(key)) throw this.duplicate('_id_', { _id: 1 }, { _id: found.value });
    const changes = this.indexes.map((index) => this.change(index, null, raw, id));
    this.storage.documents.putSync(key, raw);
    this.applyChanges(changes, id);
    return id;
  }

  /** Stores a changed document in place of the old one. */
  replace(id: Buffer, old: Buffer, changed: Buffer): void {
    checkSize(changed);
    const changes = this.indexes.map((index) => this.change(index, old, changed, id));
    this.storage.documents.putSync(Buffer.concat([this.prefix, id]), changed);
    this.applyChanges(changes, id);
  }

  remove(id: Buffer, old: Buffer): void {
    for (const index of this.indexes) {
      for (const prefix of index.entries(old).prefixes) this.storage.indexes.removeSync(entryKey(prefix, id));
    }
    this.storage.documents.removeSync(Buffer.concat([this.prefix, id]));
  }

  /** Adds the entry of one existing document to a new index. */
  addToIndex(index: CompiledIndex, id: Buffer, raw: Buffer): void {
    this.applyChanges([this.change(index, null, raw, id)], id);
  }

  private change(index: CompiledIndex, old: Buffer | null, changed: Buffer, id: Buffer): IndexChange {
    const before = old === null ? [] : index.entries(old).prefixes;
    const { prefixes: after, multikey } = index.entries(changed);
    const added = after.filter((prefix) => !before.some((other) => other.equals(prefix)));
    const removed = before.filter((prefix) => !after.some((other) => other.equals(prefix)));
    if (index.definition.unique) for (const prefix of added) this.checkUnique(index, prefix, id, changed);
    return { index, added, removed, multikey };
  }

  private checkUnique(index: CompiledIndex, prefix: Buffer, id: Buffer, raw: Buffer): void {
    const range = { from: prefix, to: Buffer.concat([prefix, HIGHEST]) };
    for (const key of scanKeys(this.storage.indexes, range, false)) {
      if (!entryId(key).equals(id))
        throw this.duplicate(index.definition.name, index.definition.key, index.values(raw));
    }
  }

  private applyChanges(changes: readonly IndexChange[], id: Buffer): void {
    for (const { index, added, removed, multikey } of changes) {
      for (const prefix of removed) this.storage.indexes.removeSync(entryKey(prefix, id));
      for (const prefix of added) this.storage.indexes.putSync(entryKey(prefix, id), NO_VALUE);
      if (multikey && !index.definition.multikey) this.catalog.markMultikey(this.definition, index.definition);
    }
  }

  private duplicate(name: string, keyPattern: IndexDefinition['key'], keyValue: Document): CommandError {
    const values = Object.entries(keyValue)
      .map(([path, value]) => `${path}: ${shellText(value)}`)
      .join(', ');
    const message = `E11000 duplicate key error collection: ${this.namespace} index: ${name} dup key: { ${values} }`;
    return new CommandError('DuplicateKey', message, { keyPattern, keyValue });
  }
}

/** Above every document key: those start with a type byte. */
const HIGHEST = Buffer.from([0xff]);

function encodedId(id: ObjectId): Buffer {
  return Buffer.concat([elementHead(0x07, '_id'), id.id]);
}

function checkId(id: unknown): void {
  if (Array.isArray(id)) throw new CommandError('InvalidIdField', "The '_id' value cannot be of type array");
  if (id === undefined) throw new CommandError('InvalidIdField', "The '_id' value cannot be of type undefined");
}

function checkSize(raw: Buffer): void {
  if (raw.length > MAX_DOCUMENT_BYTES) {
    throw new CommandError(
      'BSONObjectTooLarge',
      `object to insert too large. size in bytes: ${raw.length}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  }
}

/** A value as MongoDB's messages show it. */
function shellText(value: unknown): string {
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (typeof value === 'string') return JSON.stringify(value);
  return EJSON.stringify(value ?? null, { relaxed: true });
}
