import { decodeExactFields, type Document, isDocument, toNumber } from '../bson/document.js';
import { orderedKey } from '../bson/ordered-key.js';
import { aggregateRaw } from '../engine/aggregate.js';
import { countMatches, findRaw, type FindRequest, prepareFind } from '../engine/find.js';
import { topLevel } from '../engine/matcher.js';
import { indexValues } from '../engine/paths.js';
import { CommandError } from '../errors/command-error.js';
import type { Command, CommandContext } from './command-context.js';
import { drain } from './cursor-store.js';

/** Reads what a find command asks for. A negative limit means one batch only, as in the old protocol. */
function findRequest(context: CommandContext): FindRequest {
  const { plain } = context;
  context.refuseCollation();
  if (plain['tailable'] === true)
    throw new CommandError('BadValue', 'error processing query: tailable cursor requested on non capped collection');
  return {
    filter: context.documentAt('filter'),
    sort: plain['sort'],
    projection: context.documentAt('projection'),
    skip: context.countAt('skip', 0),
    limit: Math.abs(toNumber(plain['limit'] ?? 0) ?? 0),
    hint: hintOf(plain['hint']),
  };
}

const hintOf = (hint: unknown): unknown => (isDocument(hint) && Object.keys(hint).length === 0 ? undefined : hint);

const find: Command = (context) => {
  const request = findRequest(context);
  const collection = context.collection();
  const results = collection === undefined ? [][Symbol.iterator]() : findRaw(collection, request);
  const single = context.body['singleBatch'] === true || (toNumber(context.body['limit'] ?? 0) ?? 0) < 0;
  const batchSize = context.body['batchSize'] === undefined ? null : context.countAt('batchSize', 0);
  return context.cursors.first(context.namespace, results, batchSize, single);
};

const aggregate: Command = (context) => {
  context.refuseCollation();
  const pipeline = context.plain['pipeline'];
  if (!Array.isArray(pipeline) || !pipeline.every(isDocument))
    throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array");
  const cursor = context.documentAt('cursor');
  const name = context.body['aggregate'];
  const collectionName = typeof name === 'string' ? name : '$cmd.aggregate';
  const variables = context.documentAt('let');
  const results = aggregateRaw(context.databases, context.database, collectionName, pipeline, {
    hint: hintOf(context.plain['hint']),
    variables,
  });
  const batchSize = toNumber(cursor['batchSize']);
  return context.cursors.first(`${context.database}.${collectionName}`, results, batchSize, false);
};

const count: Command = async (context) => {
  context.refuseCollation();
  const collection = context.collection();
  if (collection === undefined) return { n: 0 };
  let n = 0;
  const request: FindRequest = {
    filter: context.documentAt('query'),
    skip: context.countAt('skip', 0),
    limit: Math.abs(toNumber(context.plain['limit'] ?? 0) ?? 0),
    hint: hintOf(context.plain['hint']),
  };
  await drain(countMatches(collection, request), () => n++);
  return { n };
};

const distinct: Command = async (context) => {
  context.refuseCollation();
  const path = context.body['key'];
  if (typeof path !== 'string') throw new CommandError('TypeMismatch', "The 'key' field must be a string");
  const collection = context.collection();
  if (collection === undefined) return { values: [] };
  const fields = new Set([topLevel(path)]);
  const values = new Map<string, unknown>();
  await drain(prepareFind(collection, { filter: context.documentAt('query') }).results, ({ raw }) => {
    const found = indexValues(decodeExactFields(raw, fields), path);
    if (!found.exists) return;
    for (const value of found.values) {
      if (value !== undefined && value !== null) values.set(orderedKey(value).toString('latin1'), value);
    }
  });
  const sorted = [...values].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { values: sorted.map(([, value]) => value) };
};

const getMore: Command = (context) => {
  const collection = context.body['collection'];
  if (typeof collection !== 'string')
    throw new CommandError('TypeMismatch', "Field 'collection' must be of type string");
  const batchSize = context.body['batchSize'] === undefined ? null : context.countAt('batchSize', 0);
  return context.cursors.more(context.body['getMore'], `${context.database}.${collection}`, batchSize);
};

const killCursors: Command = (context) => {
  const ids = context.body['cursors'];
  if (!Array.isArray(ids)) throw new CommandError('TypeMismatch', "Field 'cursors' must be of type array");
  const [killed, notFound]: [unknown[], unknown[]] = [[], []];
  for (const id of ids as unknown[]) (context.cursors.kill(id) ? killed : notFound).push(id);
  return { cursorsKilled: killed, cursorsNotFound: notFound, cursorsAlive: [], cursorsUnknown: [] };
};

/** Commands that read documents. */
export const readCommands: Record<string, Command> = { find, aggregate, count, distinct, getMore, killCursors };

/** The part of a command that decides about its plan, for `explain`. */
export function explainRequest(context: CommandContext): FindRequest {
  const filter = (value: unknown): Document => (isDocument(value) ? value : {});
  const first = (list: unknown): Document => (Array.isArray(list) && isDocument(list[0]) ? list[0] : {});
  switch (context.name) {
    case 'find':
      return findRequest(context);
    case 'count':
    case 'distinct':
      return { filter: context.documentAt('query') };
    case 'findAndModify':
    case 'findandmodify':
      return { filter: context.documentAt('query'), sort: context.plain['sort'] };
    case 'update':
      return { filter: filter(first(context.plain['updates'])['q']) };
    case 'delete':
      return { filter: filter(first(context.plain['deletes'])['q']) };
    case 'aggregate': {
      const pipeline = Array.isArray(context.plain['pipeline']) ? (context.plain['pipeline'] as Document[]) : [];
      const sort = pipeline[1]?.['$sort'];
      return { filter: filter(pipeline[0]?.['$match']), sort };
    }
    default:
      throw new CommandError('CommandNotFound', `Explain failed due to unknown command: ${context.name}`);
  }
}
