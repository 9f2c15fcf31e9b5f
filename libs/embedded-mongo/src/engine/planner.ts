import { EJSON } from 'bson';
import { type Document, isDocument } from '../bson/document.js';
import { CommandError } from '../errors/command-error.js';
import { wholeRange } from '../storage/key-space.js';
import type { Collection } from './collection.js';
import { type Constraints, readConstraints } from './constraints.js';
import { type IndexBounds, indexBounds, type ScanRange } from './index-bounds.js';
import type { CompiledIndex } from './index-keys.js';
import { compileFilter } from './matcher.js';

/** The order a query wants: paths with true for descending. */
export type SortOrder = readonly [path: string, descending: boolean][];

/** How a query is going to be answered. */
export interface Plan {
  /** Null: the documents themselves are read, in `_id` order. */
  index: CompiledIndex | null;
  ranges: ScanRange[];
  reverse: boolean;
  /** The scan delivers the wanted order. */
  sorted: boolean;
  /** The ranges are read side by side and merged, to deliver the order within them. */
  merge: boolean;
  /** The ranges hold exactly the matches, so that counting needs no document. */
  covered: boolean;
  /** The filter narrows the scan. */
  bounded: boolean;
}

const ID_PATHS: readonly [string, boolean][] = [['_id', false]];
const MOST_MERGED = 64;

/** Chooses the index, or none, for a filter and an order. */
export function planQuery(collection: Collection, filter: Document, sort: SortOrder, hint?: unknown): Plan {
  const constraints = readConstraints(filter);
  const wanted = hint === undefined ? null : hintedIndex(collection, hint);
  const scan = planFor(collection, null, constraints, sort);
  if (wanted !== null) return wanted === 'documents' ? scan.plan : planFor(collection, wanted, constraints, sort).plan;
  let best = scan;
  for (const index of collection.indexes) {
    if (!holdsAllMatches(index, constraints, filter)) continue;
    const candidate = planFor(collection, index, constraints, sort);
    if (candidate.score > best.score) best = candidate;
  }
  return best.plan;
}

/** Reads a sort specification. */
export function readSort(value: unknown): SortOrder {
  if (value === undefined || value === null) return [];
  if (!isDocument(value)) throw new CommandError('TypeMismatch', 'The sort specification must be an object');
  return Object.entries(value).map(([path, way]) => {
    const direction = isDocument(way) ? Number.NaN : Number(way);
    if (direction !== 1 && direction !== -1)
      throw new CommandError('BadValue', `$sort key ordering must be 1 (for ascending) or -1 (for descending)`);
    return [path, direction === -1] as [string, boolean];
  });
}

function planFor(
  collection: Collection,
  index: CompiledIndex | null,
  constraints: Constraints,
  sort: SortOrder,
): { plan: Plan; score: number } {
  const paths = index?.paths ?? ID_PATHS;
  const multikey = index?.definition.multikey ?? false;
  const whole = wholeRange(index?.definition.id ?? collection.definition.id);
  const bounds = indexBounds(whole.from, paths, constraints.byPath, multikey);
  const bounded = bounds.usedPaths.size > 0;
  const order = multikey && sort.length > 0 ? null : matchOrder(paths, bounds, sort);
  const covered =
    !multikey &&
    constraints.complete &&
    [...constraints.byPath].every(([path, constraint]) => constraint.exact && bounds.usedPaths.has(path));
  const ranges = bounded ? bounds.ranges : [{ ...whole, fixedBytes: whole.from.length }];
  const plan: Plan = {
    index,
    ranges,
    covered,
    bounded,
    reverse: order?.reverse ?? false,
    sorted: order !== null,
    merge: order?.merge ?? false,
  };
  const unique = index === null || index.definition.unique;
  const pinned = unique && bounds.fixedFields === paths.length ? 1000 : 0;
  const ordered = sort.length > 0 && order !== null ? 60 : 0;
  return { plan, score: pinned + bounds.fixedFields * 100 + (bounds.usesRange ? 50 : 0) + ordered };
}

/** Whether the index delivers the order, in which direction, and whether several ranges must be merged for it. */
function matchOrder(
  paths: readonly [string, boolean][],
  bounds: IndexBounds,
  sort: SortOrder,
): { reverse: boolean; merge: boolean } | null {
  if (sort.length === 0) return { reverse: false, merge: false };
  const constants = new Set(paths.slice(0, bounds.constantFields).map(([path]) => path));
  const wanted = sort.filter(([path]) => !constants.has(path));
  if (wanted.length === 0) return { reverse: false, merge: false };
  const direct = followsOrder(paths.slice(bounds.constantFields), wanted);
  if (direct !== null) return { reverse: direct, merge: false };
  if (bounds.ranges.length > MOST_MERGED || bounds.fixedFields === bounds.constantFields) return null;
  const merged = followsOrder(paths.slice(bounds.fixedFields), wanted);
  return merged === null ? null : { reverse: merged, merge: true };
}

/** True: follows it backwards. Once `_id` is in the order nothing after it matters, as it is unique. */
function followsOrder(paths: readonly [string, boolean][], wanted: SortOrder): boolean | null {
  let reverse: boolean | null = null;
  for (const [i, [path, descending]] of wanted.entries()) {
    const field = paths[i] ?? (i === paths.length ? ID_PATHS[0] : undefined);
    if (field === undefined || field[0] !== path) return null;
    const backwards = field[1] !== descending;
    if (reverse !== null && reverse !== backwards) return null;
    reverse = backwards;
    if (path === '_id') return reverse;
  }
  return reverse;
}

/** A sparse or partial index may serve only queries whose matches it is sure to hold. */
function holdsAllMatches(index: CompiledIndex, constraints: Constraints, filter: Document): boolean {
  const { sparse, partialFilterExpression } = index.definition;
  if (sparse && !index.paths.some(([path]) => constraints.byPath.get(path)?.rejectsNull === true)) return false;
  if (partialFilterExpression === undefined) return true;
  return Object.entries(partialFilterExpression).every(([path, condition]) =>
    implies(constraints, filter, path, condition),
  );
}

function implies(constraints: Constraints, filter: Document, path: string, condition: unknown): boolean {
  if (Object.hasOwn(filter, path) && EJSON.stringify(filter[path]) === EJSON.stringify(condition)) return true;
  const constraint = constraints.byPath.get(path);
  if (constraint === undefined || path.startsWith('$')) return false;
  if (constraint.points !== undefined) {
    const { decoded } = compileFilter({ value: condition });
    return constraint.points.every((value) => decoded({ value }));
  }
  const onlyExists = isDocument(condition) && Object.keys(condition).length === 1 && condition['$exists'] === true;
  return onlyExists && constraint.rejectsNull;
}

function hintedIndex(collection: Collection, hint: unknown): CompiledIndex | 'documents' {
  if (
    hint === '_id_' ||
    (isDocument(hint) && (Object.hasOwn(hint, '$natural') || EJSON.stringify(hint) === '{"_id":1}'))
  )
    return 'documents';
  const index = collection.indexes.find(({ definition }) =>
    typeof hint === 'string'
      ? definition.name === hint
      : EJSON.stringify(hint, { relaxed: true }) === EJSON.stringify(definition.key, { relaxed: true }),
  );
  if (index === undefined)
    throw new CommandError(
      'BadValue',
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  return index;
}
