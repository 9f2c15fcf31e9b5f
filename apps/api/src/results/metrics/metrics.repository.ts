import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import type { AttemptRef } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { bytesOf } from '../../run-records/attempt-record.js';
import { MetricChunk } from './metric-chunk.schema.js';
import { joinPoints, packPoints, type StoredPoints, unpackPoints } from './metric-points.js';
import type { ReaderState } from './reader/output-reader.js';

const compress = promisify(deflateRaw) as (data: Buffer, options: { level: number }) => Promise<Buffer>;
const decompress = promisify(inflateRaw) as (data: Buffer) => Promise<Buffer>;

/** Points of the bytes `[from, to)`, and how to go on after them. */
export interface PointChunk {
  from: number;
  to: number;
  final: boolean;
  state: ReaderState;
  series: StoredPoints[];
}

/** A merge replaced the chunks that a reader was at: it has to begin again. */
export class ChunksChanged extends Error {}

/** The only place that touches stored points. */
@Injectable()
export class MetricsRepository {
  constructor(@InjectModel(MetricChunk.name) private readonly chunks: Model<MetricChunk>) {}

  /** Stores a chunk durably. False when one that begins there is stored already: another process is at work. */
  async append(ref: AttemptRef, chunk: PointChunk): Promise<boolean> {
    try {
      await this.chunks.collection.insertOne(await stored(ref, chunk, false));
      return true;
    } catch (error) {
      if ((error as { code?: number }).code === 11000) return false;
      throw error;
    }
  }

  /**
   * How far the output was read, and how to go on. The chunk that begins last need not end last, while chunks are
   * merged.
   */
  async last({ runId, attempt }: AttemptRef): Promise<Pick<PointChunk, 'to' | 'final' | 'state'> | null> {
    const [last] = await this.chunks
      .find({ runId, attempt }, { to: 1, final: 1, state: 1 })
      .sort({ to: -1, from: -1 })
      .limit(1)
      .lean();
    return last ?? null;
  }

  /** The points of all chunks, in order. @throws ChunksChanged */
  async *read({ runId, attempt }: AttemptRef): AsyncGenerator<StoredPoints[]> {
    let at = 0;
    for await (const row of this.chunks.find({ runId, attempt }).sort({ from: 1 }).lean().cursor({ batchSize: 16 })) {
      // A leftover of a merge that was cut short.
      if (row.from < at) continue;
      if (row.from !== at) throw new ChunksChanged('points were merged while they were read');
      at = row.to;
      yield await points(row);
    }
  }

  /** Replaces the chunks of `[from, to)`, which have to begin and end there, by one compressed chunk. */
  async merge(ref: AttemptRef, from: number, to: number): Promise<void> {
    const { runId, attempt } = ref;
    const rows = await this.chunks
      .find({ runId, attempt, from: { $gte: from, $lt: to }, to: { $lte: to } })
      .sort({ from: 1 })
      .lean();
    const last = rows.at(-1);
    if (rows.length < 2 || rows[0]?.from !== from || last?.to !== to) return;
    const series = joinPoints(await Promise.all(rows.map(points)));
    const { matchedCount } = await this.chunks.collection.replaceOne(
      { runId, attempt, from },
      await stored(ref, { from, to, final: last.final, state: last.state, series }, true),
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
}

async function stored(
  ref: AttemptRef,
  { series, ...chunk }: PointChunk,
  small: boolean,
): Promise<Omit<MetricChunk, '_id'>> {
  const { heads, data } = packPoints(series);
  const packed = small ? await compress(data, { level: constants.Z_BEST_SPEED }) : data;
  const deflated = packed.length < data.length;
  return {
    ...ref,
    ...chunk,
    heads,
    points: heads.reduce((sum, { count }) => sum + count, 0),
    codec: deflated ? 'deflate' : 'raw',
    data: deflated ? packed : data,
  };
}

async function points({ codec, data, heads }: MetricChunk): Promise<StoredPoints[]> {
  const bytes = bytesOf(data);
  return unpackPoints(heads, codec === 'deflate' ? await decompress(bytes) : bytes);
}
