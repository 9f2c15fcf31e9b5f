import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import { type Document, isDocument, toNumber } from './document.js';

/** MongoDB's canonical type order; values of one rank are comparable with each other. */
export const TypeRank = {
  minKey: 0x05,
  undefined: 0x08,
  null: 0x0a,
  number: 0x14,
  string: 0x1e,
  object: 0x28,
  array: 0x32,
  binary: 0x3c,
  objectId: 0x46,
  boolean: 0x50,
  date: 0x5a,
  timestamp: 0x5f,
  regex: 0x64,
  dbRef: 0x69,
  code: 0x6e,
  maxKey: 0x7a,
} as const;

/** The canonical type rank of a value. */
export function typeRank(value: unknown): number {
  switch (typeof value) {
    case 'undefined':
      return TypeRank.undefined;
    case 'number':
    case 'bigint':
      return TypeRank.number;
    case 'string':
      return TypeRank.string;
    case 'boolean':
      return TypeRank.boolean;
    default:
  }
  if (value === null) return TypeRank.null;
  if (Array.isArray(value)) return TypeRank.array;
  if (isDocument(value)) return TypeRank.object;
  if (value instanceof ObjectId) return TypeRank.objectId;
  if (value instanceof Date) return TypeRank.date;
  if (value instanceof Timestamp) return TypeRank.timestamp;
  if (value instanceof Int32 || value instanceof Double || value instanceof Long || value instanceof Decimal128)
    return TypeRank.number;
  if (value instanceof Binary || value instanceof Uint8Array) return TypeRank.binary;
  if (value instanceof RegExp || value instanceof BSONRegExp) return TypeRank.regex;
  if (value instanceof BSONSymbol) return TypeRank.string;
  if (value instanceof MinKey) return TypeRank.minKey;
  if (value instanceof MaxKey) return TypeRank.maxKey;
  if (value instanceof Code) return TypeRank.code;
  return value instanceof DBRef ? TypeRank.dbRef : TypeRank.object;
}

/** Compares any two values in MongoDB's sort order; a missing value equals null. */
export function compareValues(a: unknown, b: unknown): number {
  const left = a ?? null;
  const right = b ?? null;
  const rank = typeRank(left);
  const difference = rank - typeRank(right);
  if (difference !== 0) return difference;
  switch (rank) {
    case TypeRank.number:
      return compareNumbers(left, right);
    case TypeRank.string:
      return compareStrings((left as string | BSONSymbol).valueOf(), (right as string | BSONSymbol).valueOf());
    case TypeRank.boolean:
      return Number(left) - Number(right);
    case TypeRank.date:
      return (left as Date).getTime() - (right as Date).getTime();
    case TypeRank.objectId:
      return Buffer.compare((left as ObjectId).id, (right as ObjectId).id);
    case TypeRank.binary:
      return compareBinaries(binaryParts(left), binaryParts(right));
    case TypeRank.timestamp:
      return (left as Timestamp).compare(right as Timestamp);
    case TypeRank.array:
      return compareArrays(left as unknown[], right as unknown[]);
    case TypeRank.object:
      return compareDocuments(left as Document, right as Document);
    case TypeRank.regex:
      return compareStrings(regexText(left), regexText(right));
    case TypeRank.code:
    case TypeRank.dbRef:
      return compareStrings(JSON.stringify(left), JSON.stringify(right));
    default:
      return 0;
  }
}

/** True if the two values are equal as MongoDB sees it (1 equals 1.0, field order matters). */
export const equalValues = (a: unknown, b: unknown): boolean => a === b || compareValues(a, b) === 0;

/** Subtype and bytes of a binary value. */
export function binaryParts(value: unknown): { subtype: number; bytes: Uint8Array } {
  return value instanceof Binary
    ? { subtype: value.sub_type, bytes: value.buffer.subarray(0, value.position) }
    : { subtype: 0, bytes: value as Uint8Array };
}

/** Pattern and options of a regular expression, as text that sorts as MongoDB sorts them. */
export const regexText = (value: unknown): string =>
  value instanceof RegExp
    ? `${value.source}\0${value.flags}`
    : `${(value as BSONRegExp).pattern}\0${(value as BSONRegExp).options}`;

/** Compares as UTF-8 bytes, which differs from JavaScript's order only beyond the basic plane. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  return NON_BASIC.test(a) || NON_BASIC.test(b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : a < b ? -1 : 1;
}

function compareNumbers(a: unknown, b: unknown): number {
  const x = toNumber(a) ?? 0;
  const y = toNumber(b) ?? 0;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(y)) - Number(Number.isNaN(x));
  if (x !== y) return x < y ? -1 : 1;
  if (Math.abs(x) <= Number.MAX_SAFE_INTEGER) return 0;
  const left = exactInteger(a);
  const right = exactInteger(b);
  return left === null || right === null || left === right ? 0 : left < right ? -1 : 1;
}

/** The exact value of an integer beyond the safe range, or null. */
export function exactInteger(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (value instanceof Long) return value.toBigInt();
  const number = toNumber(value);
  return number !== null && Number.isInteger(number) ? BigInt(number) : null;
}

function compareBinaries(a: { subtype: number; bytes: Uint8Array }, b: { subtype: number; bytes: Uint8Array }): number {
  return a.bytes.length - b.bytes.length || a.subtype - b.subtype || Buffer.compare(a.bytes, b.bytes);
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = compareValues(a[i], b[i]);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareDocuments(a: Document, b: Document): number {
  const left = Object.keys(a);
  const right = Object.keys(b);
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const x = left[i] ?? '';
    const y = right[i] ?? '';
    const difference = typeRank(a[x]) - typeRank(b[y]) || compareStrings(x, y) || compareValues(a[x], b[y]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const NON_BASIC = /[\ud800-\uffff]/;
