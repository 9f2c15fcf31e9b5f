import { decodeExactFields, type Document } from '../bson/document.js';
import { joinKeys, orderedKey } from '../bson/ordered-key.js';
import { CommandError } from '../errors/command-error.js';
import { type IndexDefinition } from '../storage/catalog.js';
import { numberPrefix } from '../storage/key-space.js';
import { compileFilter, fieldsOf, type Matcher, topLevel } from './matcher.js';
import { indexValues } from './paths.js';

/** The entries of one document in one index. */
export interface IndexEntries {
  /** Number of the index and the values, without the document's key: equal for two documents that collide. */
  prefixes: Buffer[];
  multikey: boolean;
}

/** An index with what is derived from its definition once. */
export class CompiledIndex {
  readonly paths: [path: string, descending: boolean][];
  /** The top-level fields that decide about the entries. */
  readonly fields: ReadonlySet<string> | null;
  private readonly partial: Matcher | null;
  private readonly prefix: Buffer;

  constructor(readonly definition: IndexDefinition) {
    this.paths = Object.entries(definition.key).map(([path, way]) => [path, way === -1]);
    const filter = definition.partialFilterExpression;
    this.partial = filter === undefined ? null : compileFilter(filter);
    const partialFields = filter === undefined ? new Set<string>() : fieldsOf(filter);
    this.fields =
      partialFields === null ? null : new Set([...this.paths.map(([path]) => topLevel(path)), ...partialFields]);
    this.prefix = numberPrefix(definition.id);
  }

  /** The entries of an encoded document. */
  entries(raw: Buffer): IndexEntries {
    if (this.partial !== null && !this.partial.raw(raw)) return { prefixes: [], multikey: false };
    const document = decodeExactFields(raw, new Set(this.paths.map(([path]) => topLevel(path))));
    let combinations: Buffer[][] = [[]];
    let arrays = 0;
    let exists = false;
    for (const [path, descending] of this.paths) {
      const found = indexValues(document, path);
      exists ||= found.exists;
      if (found.multikey && arrays++ > 0) throw parallelArrays(this.paths);
      const keys = found.values.map((value) => orderedKey(value, descending));
      combinations =
        keys.length === 1 && keys[0] !== undefined
          ? combinations.map((head) => [...head, ...keys])
          : combinations.flatMap((head) => keys.map((key) => [...head, key]));
    }
    if (this.definition.sparse && !exists) return { prefixes: [], multikey: false };
    const unique = new Map(combinations.map((keys) => [joinKeys(keys).toString('latin1'), keys]));
    return {
      prefixes: [...unique.values()].map((keys) => Buffer.concat([this.prefix, joinKeys(keys)])),
      multikey: arrays > 0,
    };
  }

  /** The values of the first entry, for the message about a duplicate. */
  values(raw: Buffer): Document {
    const document = decodeExactFields(raw, new Set(this.paths.map(([path]) => topLevel(path))));
    return Object.fromEntries(this.paths.map(([path]) => [path, indexValues(document, path).values[0] ?? null]));
  }
}

function parallelArrays(paths: readonly [string, boolean][]): CommandError {
  return new CommandError(
    'CannotIndexParallelArrays',
    `cannot index parallel arrays [${paths.map(([path]) => path).join('] [')}]`,
  );
}

/** The key of an entry: values, the document's key, and the length of the latter to find it from the end. */
export function entryKey(prefix: Buffer, id: Buffer): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + id.length + 2);
  prefix.copy(key, 0);
  id.copy(key, prefix.length);
  key.writeUInt16BE(id.length, key.length - 2);
  return key;
}

/** The document's key in an entry's key. */
export const entryId = (key: Buffer): Buffer =>
  key.subarray(key.length - 2 - key.readUInt16BE(key.length - 2), key.length - 2);
