import { decodeFields, type Document } from '../bson/document.js';
import type { Collection } from './collection.js';
import { compileFilter } from './matcher.js';
import { type Plan, planQuery, readSort, type SortOrder } from './planner.js';
import { compileProjection } from './projection.js';
import { countKeys, type Found, type Paused, scanPlan, type ScanStatistics, sortInMemory } from './scan.js';

/** What a find asks for. */
export interface FindRequest {
  filter: Document;
  sort?: unknown;
  projection?: Document;
  skip?: number;
  /** 0: no limit. */
  limit?: number;
  hint?: unknown;
}

/** A query that is ready to run. */
export interface PreparedFind {
  plan: Plan;
  sort: SortOrder;
  statistics: ScanStatistics;
  results: Generator<Paused<Found>>;
}

/** Plans a query; its results are read as they are asked for. */
export function prepareFind(collection: Collection, request: FindRequest): PreparedFind {
  const matcher = compileFilter(request.filter);
  const sort = withoutNatural(request.sort);
  const plan = planQuery(collection, request.filter, sort, request.hint);
  const statistics: ScanStatistics = { keysExamined: 0, docsExamined: 0 };
  const skip = request.skip ?? 0;
  const limit = request.limit ?? 0;
  const scanned = scanPlan(collection, plan, matcher, statistics);
  const ordered = plan.sorted ? scanned : sortInMemory(scanned, sort, limit > 0 ? skip + limit : 0);
  return { plan, sort, statistics, results: cut(ordered, skip, limit) };
}

/** The encoded results of a find, with its projection applied. */
export function* findRaw(collection: Collection, request: FindRequest): Generator<Paused<Buffer>> {
  const project = compileProjection(request.projection, request.filter);
  for (const found of prepareFind(collection, request).results) {
    yield found === null ? null : project(found.raw);
  }
}

/** The first match, or null. */
export function findFirst(collection: Collection, request: FindRequest): Found | null {
  for (const found of prepareFind(collection, { ...request, limit: 1 }).results) if (found !== null) return found;
  return null;
}

/** Counts matches, without reading documents where the index says it all. */
export function* countMatches(collection: Collection, request: FindRequest): Generator {
  const plan = planQuery(collection, request.filter, [], request.hint);
  const statistics: ScanStatistics = { keysExamined: 0, docsExamined: 0 };
  const matches: Generator = plan.covered
    ? countKeys(collection, plan, statistics)
    : scanPlan(collection, plan, compileFilter(request.filter), statistics);
  yield* cut(matches, request.skip ?? 0, request.limit ?? 0);
}

/** The decoded matches, only with the given fields if any are named. */
export function* findDecoded(
  collection: Collection,
  request: FindRequest,
  fields: ReadonlySet<string> | null,
): Generator<Document> {
  for (const found of prepareFind(collection, request).results)
    if (found !== null) yield decodeFields(found.raw, fields);
}

function* cut<T>(items: Iterable<Paused<T>>, skip: number, limit: number): Generator<Paused<T>> {
  let passed = 0;
  for (const item of items) {
    if (item === null) yield null;
    else if (++passed > skip) {
      yield item;
      if (limit > 0 && passed >= skip + limit) return;
    }
  }
}

function withoutNatural(sort: unknown): SortOrder {
  return readSort(sort).map(([path, descending]) => [path === '$natural' ? '_id' : path, descending]);
}
