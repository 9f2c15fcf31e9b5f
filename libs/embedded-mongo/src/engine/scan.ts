import { decodeExactFields } from '../bson/document.js';
import { joinKeys, orderedKey } from '../bson/ordered-key.js';
import { CommandError } from '../errors/command-error.js';
import { scanKeys } from '../storage/key-space.js';
import type { Collection } from './collection.js';
import { entryId } from './index-keys.js';
import { type Matcher, topLevel } from './matcher.js';
import { indexValues } from './paths.js';
import type { Plan, SortOrder } from './planner.js';

/** A stored document with its key. */
export interface Found {
  id: Buffer;
  raw: Buffer;
}

/** What a query has looked at so far. */
export interface ScanStatistics {
  keysExamined: number;
  docsExamined: number;
}

/** `null` in a sequence of results means: nothing found for a while, let others run. */
export type Paused<T> = T | null;

const PAUSE_EVERY = 64;
const MOST_SORTED_BYTES = 100 * 1024 * 1024;

/** The matching documents in the plan's order. May be paused between two of them for any time. */
export function* scanPlan(
  collection: Collection,
  plan: Plan,
  matcher: Matcher,
  statistics: ScanStatistics,
): Generator<Paused<Found>> {
  const seen = plan.index?.definition.multikey === true ? new Set<string>() : null;
  let examined = 0;
  for (const id of planIds(collection, plan, statistics)) {
    if (++examined % PAUSE_EVERY === 0) yield null;
    if (seen !== null) {
      const text = id.toString('latin1');
      if (seen.has(text)) continue;
      seen.add(text);
    }
    const raw = collection.get(id);
    if (raw === undefined) continue;
    statistics.docsExamined++;
    if (matcher.raw(raw)) yield { id, raw };
  }
}

/** The keys of the documents in the plan's ranges. */
function* planIds(collection: Collection, plan: Plan, statistics: ScanStatistics): Generator<Buffer> {
  const { storage, prefix } = collection;
  const table = plan.index === null ? storage.documents : storage.indexes;
  const idOf = plan.index === null ? (key: Buffer): Buffer => key.subarray(prefix.length) : entryId;
  if (plan.merge) {
    yield* mergeRanges(collection, plan, statistics);
    return;
  }
  const ranges = plan.reverse ? [...plan.ranges].reverse() : plan.ranges;
  for (const range of ranges) {
    for (const key of scanKeys(table, range, plan.reverse)) {
      statistics.keysExamined++;
      yield idOf(key);
    }
  }
}

function* mergeRanges(collection: Collection, plan: Plan, statistics: ScanStatistics): Generator<Buffer> {
  const sources = plan.ranges.map((range) => {
    const keys = scanKeys(collection.storage.indexes, range, plan.reverse);
    return { keys, fixedBytes: range.fixedBytes, head: keys.next() };
  });
  for (;;) {
    let best: { key: Buffer; rest: Buffer; source: (typeof sources)[number] } | null = null;
    for (const source of sources) {
      if (source.head.done === true) continue;
      const rest = source.head.value.subarray(source.fixedBytes);
      const order = best === null ? -1 : Buffer.compare(rest, best.rest);
      if (best === null || (plan.reverse ? order > 0 : order < 0)) best = { key: source.head.value, rest, source };
    }
    if (best === null) return;
    statistics.keysExamined++;
    best.source.head = best.source.keys.next();
    yield entryId(best.key);
  }
}

/** Sorts in memory; with a limit only so many documents are kept. */
export function* sortInMemory(
  found: Iterable<Paused<Found>>,
  sort: SortOrder,
  limit: number,
): Generator<Paused<Found>> {
  const fields = new Set(sort.map(([path]) => topLevel(path)));
  let kept: { key: Buffer; found: Found }[] = [];
  let bytes = 0;
  for (const item of found) {
    if (item === null) {
      yield null;
      continue;
    }
    kept.push({ key: sortKey(item.raw, sort, fields), found: item });
    bytes += item.raw.length;
    if (limit > 0 && kept.length >= limit * 2 + 100) {
      kept = kept.sort(byKey).slice(0, limit);
      bytes = kept.reduce((sum, { found: { raw } }) => sum + raw.length, 0);
    }
    if (bytes > MOST_SORTED_BYTES) {
      throw new CommandError(
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        'Executor error during find command :: caused by :: Sort exceeded memory limit of 104857600 bytes, but did not opt in to external sorting.',
      );
    }
  }
  kept.sort(byKey);
  for (const { found: item } of limit > 0 ? kept.slice(0, limit) : kept) yield item;
}

const byKey = (a: { key: Buffer }, b: { key: Buffer }): number => Buffer.compare(a.key, b.key);

/** Of an array the smallest value counts when ascending, the largest when descending. */
function sortKey(raw: Buffer, sort: SortOrder, fields: ReadonlySet<string>): Buffer {
  const document = decodeExactFields(raw, fields);
  return joinKeys(
    sort.map(([path, descending]) => {
      const keys = indexValues(document, path).values.map((value) => orderedKey(value, descending));
      return keys.reduce((least, key) => (Buffer.compare(key, least) < 0 ? key : least));
    }),
  );
}

/** Counts by keys alone. */
export function* countKeys(collection: Collection, plan: Plan, statistics: ScanStatistics): Generator<Paused<Buffer>> {
  let examined = 0;
  for (const id of planIds(collection, plan, statistics)) {
    if (++examined % 1024 === 0) yield null;
    yield id;
  }
}
