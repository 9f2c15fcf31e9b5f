import { typeRank } from '../bson/compare.js';
import { orderedKey } from '../bson/ordered-key.js';
import type { KeyRange } from '../storage/key-space.js';
import type { Constraint } from './constraints.js';

/** A range of keys and how many of their bytes are the same throughout. */
export interface ScanRange extends KeyRange {
  fixedBytes: number;
}

/** The ranges of one index that hold all matches, and how the filter's demands were used to find them. */
export interface IndexBounds {
  ranges: ScanRange[];
  /** Leading fields that have one value in each range. */
  fixedFields: number;
  /** Leading fields that have the same one value in all ranges. */
  constantFields: number;
  usesRange: boolean;
  usedPaths: Set<string>;
}

interface Interval {
  from: Buffer;
  to: Buffer;
}

const ABOVE = Buffer.from([0xff]);
const MOST_RANGES = 2000;
const MOST_BYTES = 600;

/** Turns constraints into key ranges: equal values first, then at most one range. */
export function indexBounds(
  prefix: Buffer,
  paths: readonly [string, boolean][],
  constraints: ReadonlyMap<string, Constraint>,
  multikey: boolean,
): IndexBounds {
  let heads: Buffer[] = [prefix];
  const bounds: IndexBounds = { ranges: [], fixedFields: 0, constantFields: 0, usesRange: false, usedPaths: new Set() };
  let interval: Interval | null = null;
  for (const [path, descending] of paths) {
    const constraint = constraints.get(path);
    if (constraint === undefined) break;
    if (constraint.points !== undefined) {
      const points = sortedPoints(constraint.points, descending);
      if (heads.length * points.length > MOST_RANGES) break;
      heads = heads.flatMap((head) => points.map((point) => Buffer.concat([head, point])));
      bounds.usedPaths.add(path);
      bounds.fixedFields++;
      if (points.length === 1 && bounds.constantFields === bounds.fixedFields - 1) bounds.constantFields++;
      continue;
    }
    interval = rangeOf(constraint, descending, multikey);
    if (interval !== null) bounds.usedPaths.add(path);
    break;
  }
  bounds.usesRange = interval !== null;
  bounds.ranges = heads.map((head) => scanRange(head, interval));
  return bounds;
}

function scanRange(head: Buffer, interval: Interval | null): ScanRange {
  const from = interval === null ? head : Buffer.concat([head, interval.from]);
  const to = Buffer.concat([head, interval === null ? ABOVE : interval.to]);
  return { from: cut(from, false), to: cut(to, true), fixedBytes: head.length };
}

/** Entries of long values keep only their head, so a bound must not look further than that. */
function cut(bound: Buffer, upper: boolean): Buffer {
  if (bound.length <= MOST_BYTES) return bound;
  return upper ? Buffer.concat([bound.subarray(0, MOST_BYTES), ABOVE]) : bound.subarray(0, MOST_BYTES);
}

function sortedPoints(points: readonly unknown[], descending: boolean): Buffer[] {
  const keys = points.map((point) => orderedKey(point, descending)).sort((a, b) => Buffer.compare(a, b));
  return keys.filter((key, i) => i === 0 || !key.equals(keys[i - 1] ?? ABOVE));
}

function rangeOf(constraint: Constraint, descending: boolean, multikey: boolean): Interval | null {
  // Different elements of one array may satisfy the two ends, so that only one end narrows the scan.
  const { lower } = constraint;
  const upper = multikey && lower !== undefined ? undefined : constraint.upper;
  const sample = lower ?? upper;
  if (sample === undefined) return null;
  const rank = typeRank(sample.value);
  const [first, last] = descending ? [upper, lower] : [lower, upper];
  const lowest = descending ? 255 - rank : rank;
  return {
    from:
      first === undefined
        ? Buffer.from([lowest])
        : Buffer.concat([orderedKey(first.value, descending), first.inclusive ? NOTHING : ABOVE]),
    to:
      last === undefined
        ? Buffer.from([lowest + 1])
        : Buffer.concat([orderedKey(last.value, descending), last.inclusive ? ABOVE : NOTHING]),
  };
}

const NOTHING = Buffer.alloc(0);
