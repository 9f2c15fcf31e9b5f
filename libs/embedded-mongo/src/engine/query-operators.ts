import type { $eq } from 'mingo/operators/query';
import { compareValues, equalValues, TypeRank, typeRank } from '../bson/compare.js';
import { reach } from './paths.js';

type QueryOperator = typeof $eq;
type Test = (document: unknown) => boolean;

/**
 * Mingo compares ObjectIds, binaries and 64-bit integers by their text, which is slow and, for binaries, wrong.
 * These operators replace its own with MongoDB's comparison, type bracketing and array rules.
 */
const operator = (make: (path: string, value: unknown) => Test): QueryOperator => make;

function equals(path: string, wanted: unknown): Test {
  const wantsNull = typeRank(wanted ?? null) === TypeRank.null;
  return (document) => {
    const { values, missing } = reach(document, path);
    if (wantsNull && missing) return true;
    return values.some((value) => equalsOrHolds(value, wanted));
  };
}

function equalsOrHolds(value: unknown, wanted: unknown): boolean {
  if (equalValues(value, wanted)) return true;
  return Array.isArray(value) && value.some((item) => equalValues(item, wanted));
}

function isIn(path: string, list: unknown): Test {
  const wanted = Array.isArray(list) ? (list as unknown[]) : [];
  const patterns = wanted.filter((item): item is RegExp => item instanceof RegExp);
  const plain = wanted.filter((item) => !(item instanceof RegExp));
  const wantsNull = plain.some((item) => typeRank(item ?? null) === TypeRank.null);
  const sorted = [...plain].sort(compareValues);
  const matches = (value: unknown): boolean =>
    found(sorted, value) || (typeof value === 'string' && patterns.some((pattern) => pattern.test(value)));
  return (document) => {
    const { values, missing } = reach(document, path);
    if (wantsNull && missing) return true;
    return values.some((value) => matches(value) || (Array.isArray(value) && value.some(matches)));
  };
}

function found(sorted: readonly unknown[], value: unknown): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareValues(sorted[middle], value);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

function ordered(accept: (order: number) => boolean): (path: string, bound: unknown) => Test {
  return (path, bound) => {
    const rank = typeRank(bound ?? null);
    const anyType = rank === TypeRank.minKey || rank === TypeRank.maxKey;
    const matches = (value: unknown): boolean =>
      (anyType || typeRank(value) === rank) && !isNotANumberApart(value, bound) && accept(compareValues(value, bound));
    return (document) => {
      const { values, missing } = reach(document, path);
      if (rank === TypeRank.null && missing && accept(0)) return true;
      return values.some((value) => matches(value) || (Array.isArray(value) && value.some(matches)));
    };
  };
}

/** NaN is neither above nor below any other number. */
const isNotANumberApart = (a: unknown, b: unknown): boolean =>
  typeof a === 'number' && typeof b === 'number' && Number.isNaN(a) !== Number.isNaN(b);

const not =
  (make: (path: string, value: unknown) => Test) =>
  (path: string, value: unknown): Test => {
    const test = make(path, value);
    return (document) => !test(document);
  };

const exists =
  (path: string, wanted: unknown): Test =>
  (document) =>
    reach(document, path).values.length > 0 === Boolean(wanted);

export const queryOverrides: Record<string, QueryOperator> = {
  $eq: operator(equals),
  $ne: operator(not(equals)),
  $exists: operator(exists),
  $in: operator(isIn),
  $nin: operator(not(isIn)),
  $gt: operator(ordered((order) => order > 0)),
  $gte: operator(ordered((order) => order >= 0)),
  $lt: operator(ordered((order) => order < 0)),
  $lte: operator(ordered((order) => order <= 0)),
};
