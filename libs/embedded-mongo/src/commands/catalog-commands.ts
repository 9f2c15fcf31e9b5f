import { EJSON } from 'bson';
import { type Document, encode, isDocument, toNumber } from '../bson/document.js';
import { buildIndex } from '../engine/index-build.js';
import { compileFilter } from '../engine/matcher.js';
import { CommandError } from '../errors/command-error.js';
import type { CollectionDefinition, IndexDefinition } from '../storage/catalog.js';
import { wholeRange } from '../storage/key-space.js';
import type { Command, CommandContext } from './command-context.js';

const create: Command = async (context) => {
  for (const option of ['capped', 'timeseries', 'viewOn', 'clusteredIndex', 'validator']) {
    if (context.body[option] !== undefined && context.body[option] !== false)
      throw new CommandError('CommandNotSupported', `Option ${option} is not supported by this server`);
  }
  context.refuseCollation();
  await context.databases.storage.write(() => {
    if (context.collection() !== undefined)
      throw new CommandError('NamespaceExists', `Collection ${context.namespace} already exists.`);
    context.databases.findOrCreate(context.database, context.collectionName);
  });
  return {};
};

const drop: Command = async (context) => {
  const { databases } = context;
  const indexes = await databases.storage.write(() => {
    const collection = context.collection();
    if (collection === undefined) throw new CommandError('NamespaceNotFound', 'ns not found');
    databases.drop(collection);
    return collection.definition.indexes.length + 1;
  });
  await databases.removeDropped();
  return { ns: context.namespace, nIndexesWas: indexes };
};

const dropDatabase: Command = async ({ databases, database }) => {
  await databases.storage.write(() => {
    for (const { name } of databases.catalog.list(database)) {
      const collection = databases.find(database, name);
      if (collection !== undefined) databases.drop(collection);
    }
  });
  await databases.removeDropped();
  return { dropped: database };
};

const listDatabases: Command = ({ databases, plain }) => {
  const names = [...new Set(databases.catalog.list().map(({ database }) => database))].sort();
  const matcher = compileFilter(isDocument(plain['filter']) ? plain['filter'] : {});
  const listed = names.map((name) => ({ name, sizeOnDisk: 0, empty: false })).filter((entry) => matcher.decoded(entry));
  return { databases: plain['nameOnly'] === true ? listed.map(({ name }) => ({ name })) : listed, totalSize: 0 };
};

const listCollections: Command = (context) => {
  const { databases, database } = context;
  const matcher = compileFilter(context.documentAt('filter'));
  const entries = databases.catalog
    .list(database)
    .map(collectionEntry)
    .filter((entry) => matcher.decoded(entry));
  const shown = context.body['nameOnly'] === true ? entries.map(({ name, type }) => ({ name, type })) : entries;
  return context.cursors.first(
    `${database}.$cmd.listCollections`,
    shown.map(encode)[Symbol.iterator](),
    Infinity,
    true,
  );
};

const collectionEntry = ({ name }: CollectionDefinition): Document => ({
  name,
  type: 'collection',
  options: {},
  info: { readOnly: false },
  idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
});

const listIndexes: Command = (context) => {
  const collection = context.collection();
  if (collection === undefined) throw new CommandError('NamespaceNotFound', `ns does not exist: ${context.namespace}`);
  const entries = [{ v: 2, key: { _id: 1 }, name: '_id_' }, ...collection.definition.indexes.map(indexEntry)];
  return context.cursors.first(context.namespace, entries.map(encode)[Symbol.iterator](), Infinity, true);
};

function indexEntry(index: IndexDefinition): Document {
  const entry: Document = { v: 2, key: index.key, name: index.name };
  if (index.unique) entry['unique'] = true;
  if (index.sparse) entry['sparse'] = true;
  if (index.partialFilterExpression !== undefined) entry['partialFilterExpression'] = index.partialFilterExpression;
  if (index.expireAfterSeconds !== undefined) entry['expireAfterSeconds'] = index.expireAfterSeconds;
  return entry;
}

const createIndexes: Command = async (context) => {
  const wanted = context.plain['indexes'];
  if (!Array.isArray(wanted) || wanted.length === 0)
    throw new CommandError('BadValue', 'Must specify at least one index to create');
  const specifications = (wanted as Document[]).map(readSpecification);
  const { databases } = context;
  const created = context.collection() === undefined;
  let before = 1;
  for (const [i, specification] of specifications.entries()) {
    const outcome = await databases.storage.write(() => {
      const collection = databases.findOrCreate(context.database, context.collectionName);
      const had = collection.definition.indexes.length + 1;
      return {
        had,
        error: isThere(collection.definition, specification) ? null : buildIndex(databases, collection, specification),
      };
    });
    if (i === 0) before = outcome.had;
    if (outcome.error !== null) {
      await databases.removeDropped();
      throw outcome.error;
    }
  }
  const after = (context.collection()?.definition.indexes.length ?? 0) + 1;
  return { numIndexesBefore: before, numIndexesAfter: after, createdCollectionAutomatically: created };
};

type Specification = Omit<IndexDefinition, 'id' | 'multikey'>;

function readSpecification(stated: Document): Specification {
  const { key, name } = stated;
  if (!isDocument(key) || Object.keys(key).length === 0)
    throw new CommandError('FailedToParse', "The 'key' field is a required property of an index specification");
  if (typeof name !== 'string' || name === '')
    throw new CommandError('FailedToParse', "The 'name' field is a required property of an index specification");
  if (isDocument(stated['collation']) && stated['collation']['locale'] !== 'simple')
    throw new CommandError('CommandNotSupported', 'Index collations are not supported by this server');
  const directions = Object.entries(key).map(([path, way]) => {
    const direction = toNumber(way);
    if (direction === null || direction === 0 || Number.isNaN(direction) || path.includes('$**')) {
      throw new CommandError(
        'CannotCreateIndex',
        `Index type '${String(way)}' of ${path} is not supported by this server`,
      );
    }
    return [path, direction < 0 ? -1 : 1] as const;
  });
  const specification: Specification = {
    name,
    key: Object.fromEntries(directions),
    unique: stated['unique'] === true,
    sparse: stated['sparse'] === true,
  };
  if (isDocument(stated['partialFilterExpression'])) {
    if (specification.sparse)
      throw new CommandError('CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options');
    compileFilter(stated['partialFilterExpression']);
    specification.partialFilterExpression = stated['partialFilterExpression'];
  }
  const expiry = toNumber(stated['expireAfterSeconds']);
  if (expiry !== null) {
    if (expiry < 0 || directions.length > 1)
      throw new CommandError(
        'CannotCreateIndex',
        'TTL indexes are single-field indexes with a number of seconds that is not negative',
      );
    specification.expireAfterSeconds = expiry;
  }
  return specification;
}

function isThere({ indexes }: CollectionDefinition, wanted: Specification): boolean {
  const text = (value: unknown): string => EJSON.stringify(value ?? null, { relaxed: true });
  if (text(wanted.key) === text({ _id: 1 })) return true;
  const sameKey = (index: Specification): boolean =>
    text(index.key) === text(wanted.key) &&
    text(index.partialFilterExpression) === text(wanted.partialFilterExpression);
  const options = (index: Specification): string => text([index.unique, index.sparse, index.expireAfterSeconds]);
  const named = indexes.find(({ name }) => name === wanted.name);
  if (named !== undefined) {
    if (sameKey(named) && options(named) === options(wanted)) return true;
    const code = sameKey(named) ? 'IndexOptionsConflict' : 'IndexKeySpecsConflict';
    throw new CommandError(
      code,
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${text(wanted)}, existing index: ${text(indexEntry(named))}`,
    );
  }
  const other = indexes.find(sameKey);
  if (other !== undefined)
    throw new CommandError('IndexOptionsConflict', `Index already exists with a different name: ${other.name}`);
  return false;
}

const dropIndexes: Command = async (context) => {
  const { databases } = context;
  const which = context.plain['index'];
  const count = await databases.storage.write(() => {
    const collection = context.collection();
    if (collection === undefined) throw new CommandError('NamespaceNotFound', `ns not found ${context.namespace}`);
    const had = collection.definition.indexes.length + 1;
    for (const index of chosenIndexes(collection.definition, which))
      databases.catalog.removeIndex(collection.definition, index);
    databases.refresh(collection);
    return had;
  });
  await databases.removeDropped();
  return { nIndexesWas: count };
};

function chosenIndexes({ indexes }: CollectionDefinition, which: unknown): IndexDefinition[] {
  if (which === '*') return [...indexes];
  const names = Array.isArray(which) ? (which as unknown[]) : [which];
  return names.map((wanted) => {
    if (wanted === '_id_') throw new CommandError('InvalidOptions', 'cannot drop _id index');
    const index = indexes.find((other) =>
      isDocument(wanted)
        ? EJSON.stringify(other.key, { relaxed: true }) === EJSON.stringify(wanted, { relaxed: true })
        : other.name === wanted,
    );
    if (index === undefined) throw new CommandError('IndexNotFound', `index not found with name [${String(wanted)}]`);
    return index;
  });
}

const collStats: Command = (context) => {
  const collection = context.collection();
  const count = collection === undefined ? 0 : countDocuments(context, collection.definition);
  return {
    ns: context.namespace,
    count,
    size: 0,
    storageSize: 0,
    nindexes: (collection?.definition.indexes.length ?? 0) + 1,
    totalIndexSize: 0,
    indexSizes: {},
  };
};

const dbStats: Command = (context) => {
  const collections = context.databases.catalog.list(context.database);
  const objects = collections.reduce((sum, collection) => sum + countDocuments(context, collection), 0);
  return {
    db: context.database,
    collections: collections.length,
    views: 0,
    objects,
    dataSize: 0,
    storageSize: 0,
    indexes: collections.reduce((sum, { indexes }) => sum + indexes.length + 1, 0),
  };
};

function countDocuments({ databases }: CommandContext, { id }: CollectionDefinition): number {
  const { from, to } = wholeRange(id);
  return databases.storage.documents.getKeysCount({ start: from, end: to });
}

/** Commands about databases, collections and indexes. */
export const catalogCommands: Record<string, Command> = {
  create,
  drop,
  dropDatabase,
  listDatabases,
  listCollections,
  listIndexes,
  createIndexes,
  dropIndexes,
  deleteIndexes: dropIndexes,
  collStats,
  dbStats,
};
