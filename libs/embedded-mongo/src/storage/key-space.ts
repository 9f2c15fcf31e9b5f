import type { Table } from './environment.js';

/** A stretch of keys, `from` inclusive and `to` exclusive. */
export interface KeyRange {
  from: Buffer;
  to: Buffer;
}

/** Starts with few keys, so that `limit 1` reads one page, and grows, so that a long scan is not a call per key. */
const FIRST_CHUNK = 16;
const LARGEST_CHUNK = 512;

/** The number of a collection or of an index as the head of its keys. */
export function numberPrefix(id: number): Buffer {
  const prefix = Buffer.allocUnsafe(4);
  prefix.writeUInt32BE(id);
  return prefix;
}

/** All keys of a collection or of an index. */
export const wholeRange = (id: number): KeyRange => ({ from: numberPrefix(id), to: numberPrefix(id + 1) });

/**
 * Reads keys in order, a chunk at a time. Nothing is held open between two chunks, so the caller may pause for as long
 * as it likes, and writes in between neither disturb the order nor make a key appear twice.
 */
export function* scanKeys(table: Table, range: KeyRange, reverse: boolean): Generator<Buffer> {
  let { from, to } = range;
  for (let chunk = FIRST_CHUNK; ; chunk = Math.min(chunk * 4, LARGEST_CHUNK)) {
    const bounds = reverse ? { start: to, end: from, reverse, inclusiveEnd: true } : { start: from, end: to };
    const options = { ...bounds, limit: chunk + 1, values: false };
    const keys: Buffer[] = [];
    for (const key of table.getKeys(options)) if (!key.equals(reverse ? to : NONE)) keys.push(Buffer.from(key));
    for (let i = 0; i < keys.length && i < chunk; i++) yield keys[i] ?? NONE;
    if (keys.length < chunk) return;
    const last = keys[Math.min(chunk, keys.length) - 1] ?? NONE;
    if (reverse) to = last;
    else from = Buffer.concat([last, AFTER]);
  }
}

const NONE = Buffer.alloc(0);
const AFTER = Buffer.from([0]);
