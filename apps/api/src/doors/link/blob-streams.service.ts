import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BlobChunk, type BlobFetch, type BlobFetchReply, LIMITS } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { logger } from '../../platform/logging/logger.js';
import { SnapshotsService } from '../../projects/snapshots/snapshots.service.js';
import { currentAttempt, sentSnapshot } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import type { LinkSession } from './link-session.js';

/** Everything else waits at most about so long behind the reads of small blobs. */
const TURN_MS = 4;

/** A blob to send from an offset. */
interface Item {
  sha256: string;
  from: number;
  size: number;
}

interface Message {
  pieces: BlobChunk['pieces'];
  bytes: Buffer;
}

/** Streams the blobs of a snapshot to the machine that runs it, never more than a few pieces ahead of it. */
@Injectable()
export class BlobStreams {
  constructor(
    private readonly runs: RunsRepository,
    private readonly snapshots: SnapshotsService,
    private readonly blobs: BlobsService,
  ) {}

  /** Answers whether the stream begins; its pieces follow as `blob.chunk`, then `blob.end`. */
  async serve(session: LinkSession, request: BlobFetch): Promise<BlobFetchReply> {
    const { id: machineId } = session.machine;
    const run = await this.runs.get(request.runId);
    if (!run || run.attempt !== request.attempt || currentAttempt(run).machineId !== machineId) {
      return { ok: false, message: 'The run is not on this machine any more.' };
    }
    const snapshotId = sentSnapshot(run);
    const sizes = new Map<string, number>();
    if (!request.items.every(({ sha256 }) => sha256 === snapshotId))
      for (const { sha256, size } of (await this.snapshots.manifest(snapshotId)).files) sizes.set(sha256, size);
    const manifestSize = await this.blobs.size(snapshotId);
    if (manifestSize !== null) sizes.set(snapshotId, manifestSize);
    const items: Item[] = [];
    for (const { sha256, from } of request.items) {
      const size = sizes.get(sha256);
      if (size === undefined) return { ok: false, message: 'A file was asked for that is not of this run.' };
      items.push({ sha256, from: Math.min(from, size), size });
    }
    this.stream(session, request.streamId, items).then(
      () => session.endBlobs(request.streamId, null),
      (error: unknown) => {
        logger.warn({ err: error, machineId, runId: run.id }, 'a stream of files ended early');
        session.endBlobs(request.streamId, error instanceof Error ? error.message : 'it failed');
      },
    );
    return { ok: true };
  }

  private async stream(session: LinkSession, streamId: string, items: Item[]): Promise<void> {
    const inFlight = new Set<Promise<void>>();
    let failure: { error: unknown } | null = null;
    for await (const { pieces, bytes } of this.messages(items)) {
      while (inFlight.size >= LIMITS.blobChunksInFlight) await Promise.race(inFlight);
      if (failure) throw (failure as { error: unknown }).error;
      const sent: Promise<void> = session
        .sendChunk({ streamId, pieces }, bytes)
        .catch((error: unknown) => {
          failure = { error };
        })
        .finally(() => inFlight.delete(sent));
      inFlight.add(sent);
    }
    await Promise.all(inFlight);
    if (failure) throw (failure as { error: unknown }).error;
  }

  /** Many small blobs to a message, a large one in many messages. */
  private async *messages(items: Item[]): AsyncGenerator<Message> {
    let small: Item[] = [];
    let bytes = 0;
    for (const item of items) {
      const isSmall = item.size <= LIMITS.blobChunkBytes;
      if (
        small.length > 0 &&
        (!isSmall || bytes + item.size > LIMITS.blobChunkBytes || small.length === LIMITS.blobsPerChunk)
      ) {
        yield await this.together(small);
        small = [];
        bytes = 0;
      }
      if (isSmall) {
        small.push(item);
        bytes += item.size;
      } else yield* this.inPieces(item);
    }
    if (small.length > 0) yield await this.together(small);
  }

  /**
   * Read at once, in turns with everything else: the asynchronous calls for a small file cost ten times its reading.
   */
  private async together(items: Item[]): Promise<Message> {
    const pieces: Message['pieces'] = [];
    const bytes = Buffer.allocUnsafe(items.reduce((sum, { from, size }) => sum + size - from, 0));
    let at = 0;
    let until = performance.now() + TURN_MS;
    for (const { sha256, from, size } of items) {
      const length = size - from;
      this.read(sha256, from, bytes.subarray(at, at + length));
      pieces.push({ sha256, offset: from, length, size });
      at += length;
      if (performance.now() < until) continue;
      await nextTurn();
      until = performance.now() + TURN_MS;
    }
    return { pieces, bytes };
  }

  private async *inPieces({ sha256, from, size }: Item): AsyncGenerator<Message> {
    let offset = from;
    if (offset === size) yield { pieces: [{ sha256, offset, length: 0, size }], bytes: Buffer.alloc(0) };
    for await (const read of this.blobs.open(sha256, { from }) as AsyncIterable<Buffer>) {
      for (let at = 0; at < read.length; at += LIMITS.blobChunkBytes) {
        const bytes = read.subarray(at, at + LIMITS.blobChunkBytes);
        yield { pieces: [{ sha256, offset, length: bytes.length, size }], bytes };
        offset += bytes.length;
      }
    }
  }

  private read(sha256: string, from: number, into: Buffer): void {
    let length: number;
    try {
      length = this.blobs.readNow(sha256, from, into);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Error(`the file ${sha256} is not stored`);
      throw error;
    }
    if (length < into.length) throw new Error(`the file ${sha256} is not stored whole`);
  }
}
