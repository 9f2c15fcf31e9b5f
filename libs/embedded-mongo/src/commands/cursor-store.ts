import { randomBytes } from 'node:crypto';
import { Long } from 'bson';
import type { Document } from '../bson/document.js';
import type { Paused } from '../engine/scan.js';
import { CommandError } from '../errors/command-error.js';
import { RawDocuments } from '../wire/reply.js';

type Results = Iterator<Paused<Buffer>>;

interface OpenCursor {
  namespace: string;
  results: Results;
  /** Read already, but too large for the batch before. */
  pending: Buffer | null;
  lastUsed: number;
  busy: boolean;
}

const FIRST_BATCH = 101;
const MOST_BATCH_BYTES = 16 * 1024 * 1024;
const IDLE_MILLISECONDS = 10 * 60_000;
const SLICE_MILLISECONDS = 8;

/** Results that are read as the client asks for them. */
export class CursorStore {
  private readonly open = new Map<string, OpenCursor>();

  constructor(private readonly idleMilliseconds = IDLE_MILLISECONDS) {}

  /** The first batch, and a cursor for the rest if there is one. */
  async first(namespace: string, results: Results, batchSize: number | null, single: boolean): Promise<Document> {
    const cursor: OpenCursor = { namespace, results, pending: null, lastUsed: Date.now(), busy: true };
    const { batch, done } = await fill(cursor, batchSize ?? FIRST_BATCH);
    cursor.busy = false;
    let id = Long.ZERO;
    if (!done && !single) {
      id = Long.fromBigInt(BigInt(`0x${randomBytes(7).toString('hex')}`) + 1n);
      this.open.set(id.toString(), cursor);
    }
    return { cursor: { firstBatch: new RawDocuments(batch), id, ns: namespace } };
  }

  async more(id: unknown, namespace: string, batchSize: number | null): Promise<Document> {
    const key = String(id);
    const cursor = this.open.get(key);
    if (cursor === undefined || cursor.busy) throw new CommandError('CursorNotFound', `cursor id ${key} not found`);
    if (cursor.namespace !== namespace) {
      throw new CommandError(
        'Unauthorized',
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    cursor.busy = true;
    try {
      const { batch, done } = await fill(cursor, batchSize === null || batchSize === 0 ? Infinity : batchSize);
      if (done) this.open.delete(key);
      return {
        cursor: { nextBatch: new RawDocuments(batch), id: done ? Long.ZERO : Long.fromString(key), ns: namespace },
      };
    } catch (error) {
      this.open.delete(key);
      throw error;
    } finally {
      cursor.busy = false;
      cursor.lastUsed = Date.now();
    }
  }

  kill(id: unknown): boolean {
    return this.open.delete(String(id));
  }

  /** Forgets the cursors that nobody asked for a long time. */
  removeIdle(now = Date.now()): void {
    for (const [id, cursor] of this.open)
      if (!cursor.busy && now - cursor.lastUsed > this.idleMilliseconds) this.open.delete(id);
  }
}

/** Reads to the end; lets other requests run every few milliseconds. */
export async function drain<T>(results: Iterable<Paused<T>>, take: (item: T) => void): Promise<void> {
  let deadline = performance.now() + SLICE_MILLISECONDS;
  for (const item of results) {
    if (item !== null) take(item);
    if (performance.now() > deadline) {
      await new Promise((resume) => setImmediate(resume));
      deadline = performance.now() + SLICE_MILLISECONDS;
    }
  }
}

async function fill(cursor: OpenCursor, batchSize: number): Promise<{ batch: Buffer[]; done: boolean }> {
  const batch: Buffer[] = [];
  let bytes = 0;
  let deadline = performance.now() + SLICE_MILLISECONDS;
  while (batch.length < batchSize) {
    const next = cursor.pending === null ? cursor.results.next() : { done: false, value: cursor.pending };
    cursor.pending = null;
    if (next.done === true) return { batch, done: true };
    if (next.value !== null) {
      if (batch.length > 0 && bytes + next.value.length > MOST_BATCH_BYTES) {
        cursor.pending = next.value;
        break;
      }
      batch.push(next.value);
      bytes += next.value.length;
    }
    if (performance.now() > deadline) {
      await new Promise((resume) => setImmediate(resume));
      deadline = performance.now() + SLICE_MILLISECONDS;
    }
  }
  return { batch, done: false };
}
