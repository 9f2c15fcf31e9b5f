import { createHash } from 'node:crypto';
import type { ObjectId, Timestamp } from 'bson';
import { binaryParts, exactInteger, regexText, TypeRank, typeRank } from './compare.js';
import { type Document, toNumber } from './document.js';

/** LMDB takes 1978 bytes; a key also holds an index number and the document's own key. */
const MAX_VALUES = 1200;
const MAX_ID = 640;
const HASH_BYTES = 32;

/** Bytes that sort like the value does in MongoDB and that end by themselves. `descending` turns the order around. */
export function orderedKey(value: unknown, descending = false): Buffer {
  const parts: Buffer[] = [];
  appendValue(parts, value);
  const key = parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts);
  return descending ? invert(key) : key;
}

/** The key of a document by its `_id`. */
export function idKey(id: unknown): Buffer {
  return shorten(orderedKey(id), MAX_ID);
}

/**
 * Joins the keys of an index entry's values. Very long ones keep their head and a hash, which stays exact for equality.
 */
export const joinKeys = (keys: readonly Buffer[]): Buffer =>
  shorten(keys.length === 1 ? (keys[0] ?? EMPTY) : Buffer.concat(keys), MAX_VALUES);

const EMPTY = Buffer.alloc(0);
const END = Buffer.from([0]);

function shorten(key: Buffer, limit: number): Buffer {
  if (key.length <= limit) return key;
  return Buffer.concat([key.subarray(0, limit - HASH_BYTES), createHash('sha256').update(key).digest()]);
}

function invert(key: Buffer): Buffer {
  const inverted = Buffer.allocUnsafe(key.length);
  for (let i = 0; i < key.length; i++) inverted[i] = 255 - (key[i] ?? 0);
  return inverted;
}

function appendValue(parts: Buffer[], value: unknown): void {
  const rank = typeRank(value);
  switch (rank) {
    case TypeRank.number:
      parts.push(numberKey(value));
      return;
    case TypeRank.string:
      parts.push(stringKey(rank, String(value)));
      return;
    case TypeRank.objectId:
      parts.push(Buffer.concat([Buffer.from([rank]), (value as ObjectId).id]));
      return;
    case TypeRank.boolean:
      parts.push(Buffer.from([rank, value === true ? 1 : 0]));
      return;
    case TypeRank.date:
      parts.push(integerKey(rank, BigInt.asUintN(64, BigInt((value as Date).getTime()) + SIGN)));
      return;
    case TypeRank.timestamp:
      parts.push(integerKey(rank, BigInt.asUintN(64, (value as Timestamp).toBigInt())));
      return;
    case TypeRank.binary:
      parts.push(binaryKey(rank, value));
      return;
    case TypeRank.array:
      appendArray(parts, value as unknown[]);
      return;
    case TypeRank.object:
      appendDocument(parts, value as Document);
      return;
    case TypeRank.regex:
      parts.push(stringKey(rank, regexText(value)));
      return;
    case TypeRank.code:
    case TypeRank.dbRef:
      parts.push(stringKey(rank, JSON.stringify(value)));
      return;
    default:
      parts.push(Buffer.from([rank]));
  }
}

const SIGN = 1n << 63n;

function integerKey(rank: number, value: bigint): Buffer {
  const key = Buffer.allocUnsafe(9);
  key[0] = rank;
  key.writeBigUInt64BE(value, 1);
  return key;
}

/** Eight bytes of the nearest double, two for what a 64-bit integer has beyond it. */
function numberKey(value: unknown): Buffer {
  const key = Buffer.alloc(11);
  key[0] = TypeRank.number;
  const number = toNumber(value) ?? 0;
  if (Number.isNaN(number)) return key;
  key.writeDoubleBE(number === 0 ? 0 : number, 1);
  if (number < 0) for (let i = 1; i < 9; i++) key[i] = 255 - (key[i] ?? 0);
  else key[1] = (key[1] ?? 0) | 0x80;
  const exact = Math.abs(number) > Number.MAX_SAFE_INTEGER ? exactInteger(value) : null;
  key.writeUInt16BE(0x8000 + (exact === null ? 0 : Number(exact - BigInt(number))), 9);
  return key;
}

/** UTF-8 with zero bytes escaped, ended by two zero bytes. */
function stringKey(rank: number, text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  if (!text.includes('\0')) {
    const key = Buffer.allocUnsafe(bytes + 3);
    key[0] = rank;
    key.write(text, 1);
    key[bytes + 1] = 0;
    key[bytes + 2] = 0;
    return key;
  }
  const parts = text
    .split('\0')
    .flatMap((part, i) => (i === 0 ? [Buffer.from(part)] : [ESCAPED_ZERO, Buffer.from(part)]));
  return Buffer.concat([Buffer.from([rank]), ...parts, Buffer.from([0, 0])]);
}

const ESCAPED_ZERO = Buffer.from([0, 255]);

function binaryKey(rank: number, value: unknown): Buffer {
  const { subtype, bytes } = binaryParts(value);
  const key = Buffer.allocUnsafe(6 + bytes.length);
  key[0] = rank;
  key.writeUInt32BE(bytes.length, 1);
  key[5] = subtype;
  key.set(bytes, 6);
  return key;
}

function appendArray(parts: Buffer[], array: readonly unknown[]): void {
  parts.push(Buffer.from([TypeRank.array]));
  for (const item of array) appendValue(parts, item ?? null);
  parts.push(END);
}

function appendDocument(parts: Buffer[], document: Document): void {
  parts.push(Buffer.from([TypeRank.object]));
  for (const [name, value] of Object.entries(document)) {
    parts.push(stringKey(typeRank(value ?? null), name));
    appendValue(parts, value ?? null);
  }
  parts.push(END);
}
