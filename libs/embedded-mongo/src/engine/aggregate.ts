import { Aggregator } from 'mingo/aggregator';
import { Context } from 'mingo/core';
import { type Document, encode, isDocument } from '../bson/document.js';
import { CommandError } from '../errors/command-error.js';
import type { Databases } from './database.js';
import { countMatches, findDecoded, findRaw, type FindRequest } from './find.js';
import { asCommandError } from './matcher.js';
import { mingoOperators, queryOptions } from './mingo-context.js';
import { groupFields } from './pipeline-fields.js';
import { pipelineOverrides } from './pipeline-operators.js';
import type { Paused } from './scan.js';

/** Settings of an aggregation. */
export interface AggregateOptions {
  hint?: unknown;
  variables: Document;
}

/**
 * The encoded results of a pipeline. What its first stages say about filter, order and limit is done by the planner.
 */
export function* aggregateRaw(
  databases: Databases,
  database: string,
  name: string,
  pipeline: readonly Document[],
  options: AggregateOptions,
): Generator<Paused<Buffer>> {
  checkStages(pipeline);
  const { request, rest } = splitPipeline(pipeline);
  const collection = databases.find(database, name);
  if (rest.length === 0) {
    if (collection !== undefined) yield* findRaw(collection, { ...request, hint: options.hint });
    return;
  }
  if (collection !== undefined && isPlainCount(rest)) {
    yield* countOnly(countMatches(collection, { ...request, hint: options.hint }), rest);
    return;
  }
  const documents =
    collection === undefined
      ? []
      : findDecoded(collection, { ...request, hint: options.hint }, groupFields(rest[0] ?? {}));
  try {
    for (const result of runPipeline(databases, database, documents, rest, options.variables)) yield encode(result);
  } catch (error) {
    throw asCommandError(error);
  }
}

/** Runs stages over decoded documents. */
function* runPipeline(
  databases: Databases,
  database: string,
  documents: Iterable<Document>,
  stages: readonly Document[],
  variables: Document,
): Generator<Document> {
  const context = Context.init({
    ...mingoOperators,
    pipeline: { ...mingoOperators.pipeline, ...pipelineOverrides(databases, database) },
  });
  const collectionResolver = (name: string): Document[] => {
    const collection = databases.find(database, name);
    return collection === undefined ? [] : [...findDecoded(collection, { filter: {} }, null)];
  };
  const aggregator = new Aggregator([...stages], { ...queryOptions, context, collectionResolver, variables });
  for (const result of aggregator.stream(documents)) yield result as Document;
}

function splitPipeline(pipeline: readonly Document[]): { request: FindRequest; rest: Document[] } {
  const request: FindRequest = { filter: {} };
  const rest = [...pipeline];
  const next = (stage: string): unknown =>
    rest[0] !== undefined && Object.hasOwn(rest[0], stage) ? rest.shift()?.[stage] : undefined;
  const filters: Document[] = [];
  for (let filter = next('$match'); filter !== undefined; filter = next('$match')) {
    if (!isDocument(filter)) throw new CommandError('BadValue', 'the match filter must be an expression in an object');
    filters.push(filter);
  }
  request.filter = filters.length > 1 ? { $and: filters } : (filters[0] ?? {});
  request.sort = next('$sort');
  request.skip = wholeNumber(next('$skip')) ?? 0;
  const limit = next('$limit');
  if (limit !== undefined) {
    request.limit = wholeNumber(limit) ?? 0;
    if (request.limit <= 0) throw new CommandError('BadValue', 'the limit must be positive');
  }
  return { request, rest };
}

function wholeNumber(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw new CommandError('BadValue', `Expected a non-negative whole number, but found: ${JSON.stringify(value)}`);
  return value;
}

/** The form in which drivers send countDocuments. */
function isPlainCount(rest: readonly Document[]): boolean {
  const group = rest[0]?.['$group'];
  return (
    rest.length === 1 &&
    isDocument(group) &&
    JSON.stringify(Object.entries(group).slice(1)) === '[["n",{"$sum":1}]]' &&
    !isDocument(group['_id']) &&
    typeof group['_id'] !== 'string'
  );
}

function* countOnly(matches: Iterable<Paused<unknown>>, rest: readonly Document[]): Generator<Paused<Buffer>> {
  let n = 0;
  for (const match of matches) {
    if (match === null) yield null;
    else n++;
  }
  if (n > 0) yield encode({ _id: (rest[0]?.['$group'] as Document)['_id'], n });
}

const REFUSED_STAGES: ReadonlySet<string> = new Set([
  '$out',
  '$merge',
  '$geoNear',
  '$collStats',
  '$indexStats',
  '$currentOp',
  '$search',
  '$function',
]);

function checkStages(pipeline: readonly Document[]): void {
  for (const stage of pipeline) {
    const [name, ...more] = Object.keys(stage);
    if (name === undefined || more.length > 0)
      throw new CommandError('Location40323', 'A pipeline stage specification object must contain exactly one field.');
    if (name === '$changeStream')
      throw new CommandError('Location40573', 'The $changeStream stage is only supported on replica sets');
    if (REFUSED_STAGES.has(name))
      throw new CommandError('CommandNotSupported', `${name} is not supported by this server`);
    if (!Object.hasOwn(mingoOperators.pipeline, name))
      throw new CommandError('Location40324', `Unrecognized pipeline stage name: '${name}'`);
  }
}
