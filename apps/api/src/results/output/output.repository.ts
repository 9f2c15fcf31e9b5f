import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import type { AttemptRef } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { bytesOf } from '../../run-records/attempt-record.js';
import { OutputChunk } from './output-chunk.schema.js';
import { type PackedSegment, packSegments, unpackSegments } from './segment-codec.js';

const compress = promisify(deflateRaw) as (data: Buffer, options: { level: number }) => Promise<Buffer>;
const decompress = promisify(inflateRaw) as (data: Buffer) => Promise<Buffer>;

/** Bytes `[from, to)` with their segments. */
export interface Chunk {
  from: number;
  to: number;
  data: Buffer;
  segments: PackedSegment[];
}

/** No chunk is as long as this: one write, or a merged one, both of whole frames of the link. */
const LONGEST_BYTES = 1024 * 1024;

/** Chunks of one read, so that a long output does not fill the memory. */
const BATCH = 16;

/** The only place that touches stored output. */
@Injectable()
export class OutputRepository {
  constructor(@InjectModel(OutputChunk.name) private readonly chunks: Model<OutputChunk>) {}

  /** Stores a chunk durably, as it is or compressed. False when one with the same offset is there already. */
  async append(ref: AttemptRef, chunk: Chunk, compressed = false): Promise<boolean> {
    const content = compressed ? await packed(chunk) : stored(chunk, 'raw', chunk.data);
    try {
      await this.chunks.collection.insertOne({ ...ref, ...content });
      return true;
    } catch (error) {
      if ((error as { code?: number }).code === 11000) return false;
      throw error;
    }
  }

  /**
   * The offset after the last stored byte. The chunk that begins last need not be the one that ends last: while
   * small chunks give way to a merged one, they vanish in any order.
   */
  async end({ runId, attempt }: AttemptRef): Promise<number> {
    const [last] = await this.chunks.find({ runId, attempt }, { to: 1 }).sort({ from: -1 }).limit(1).lean();
    let end = last?.to ?? 0;
    for (
      let next = await this.covering({ runId, attempt }, end);
      next;
      next = await this.covering({ runId, attempt }, end)
    )
      end = next.to;
    return end;
  }

  /** The stored chunks that touch `[from, to)` in order, each clipped so that no byte comes twice. */
  async *read({ runId, attempt }: AttemptRef, from: number, to: number): AsyncGenerator<Chunk> {
    let at = from;
    let misses = 0;
    while (at < to && misses < 3) {
      const first = (await this.covering({ runId, attempt }, at))?.from;
      if (first === undefined) return;
      const batch = await this.chunks
        .find({ runId, attempt, from: { $gte: first, $lt: to } })
        .sort({ from: 1 })
        .limit(BATCH)
        .lean();
      const before = at;
      for (const row of batch) {
        if (row.to <= at || row.from >= to) continue;
        // Its neighbour was replaced by a larger chunk since: look for that one.
        if (row.from > at) break;
        const chunk = await clip(row, at, to);
        at = chunk.to;
        yield chunk;
      }
      misses = at === before ? misses + 1 : 0;
    }
  }

  /**
   * Replaces the chunks of `[from, to)`, which have to begin and end there, by one compressed chunk. A reader at any
   * moment finds every byte.
   */
  async merge(ref: AttemptRef, from: number, to: number): Promise<void> {
    const parts: Chunk[] = [];
    for await (const chunk of this.read(ref, from, to)) parts.push(chunk);
    const data = Buffer.concat(parts.map((part) => part.data));
    if (data.length !== to - from) return;
    const merged: Chunk = { from, to, data, segments: parts.flatMap((part) => part.segments) };
    const content = await packed(merged);
    const { runId, attempt } = ref;
    const { matchedCount } = await this.chunks.collection.replaceOne(
      { runId, attempt, from },
      {
        ...ref,
        ...content,
      },
    );
    // Deleted meanwhile, with its run: it must not come back.
    if (matchedCount === 0) return;
    await this.chunks.deleteMany({ runId, attempt, from: { $gt: from, $lt: to }, to: { $lte: to } });
  }

  async removeRuns(runIds: readonly string[]): Promise<void> {
    await this.chunks.deleteMany({ runId: { $in: runIds } });
  }

  async removeAttempt({ runId, attempt }: AttemptRef): Promise<void> {
    await this.chunks.deleteMany({ runId, attempt });
  }

  /** The chunk that holds the byte at `offset`. Where nothing does, as at the end, few chunks are looked at. */
  private async covering(
    { runId, attempt }: AttemptRef,
    offset: number,
  ): Promise<{ from: number; to: number } | undefined> {
    const [row] = await this.chunks
      .find(
        { runId, attempt, from: { $gt: offset - LONGEST_BYTES, $lte: offset }, to: { $gt: offset } },
        { from: 1, to: 1 },
      )
      .sort({ from: -1 })
      .limit(1)
      .lean();
    return row;
  }
}

type Content = Omit<OutputChunk, '_id' | 'runId' | 'attempt'>;

async function packed(chunk: Chunk): Promise<Content> {
  const data = await compress(chunk.data, { level: constants.Z_BEST_SPEED });
  return data.length < chunk.data.length ? stored(chunk, 'deflate', data) : stored(chunk, 'raw', chunk.data);
}

function stored(chunk: Chunk, codec: OutputChunk['codec'], data: Buffer): Content {
  return {
    from: chunk.from,
    to: chunk.to,
    lines: countLines(chunk.data),
    codec,
    segments: packSegments(chunk.segments),
    data,
  };
}

async function clip(row: OutputChunk, from: number, to: number): Promise<Chunk> {
  const bytes = bytesOf(row.data);
  const data = row.codec === 'deflate' ? await decompress(bytes) : bytes;
  const segments = unpackSegments(bytesOf(row.segments));
  const low = Math.max(row.from, from);
  const high = Math.min(row.to, to);
  return {
    from: low,
    to: high,
    data: data.subarray(low - row.from, high - row.from),
    segments: cut(segments, row.from, low, high),
  };
}

function cut(segments: readonly PackedSegment[], offset: number, from: number, to: number): PackedSegment[] {
  const result: PackedSegment[] = [];
  let start = offset;
  for (const [length, stream, time] of segments) {
    const overlap = Math.min(start + length, to) - Math.max(start, from);
    if (overlap > 0) result.push([overlap, stream, time]);
    start += length;
  }
  return result;
}

function countLines(data: Buffer): number {
  let lines = 0;
  for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) lines++;
  return lines;
}
