import { Injectable } from '@nestjs/common';
import { LIMITS, type BlobFetch, type BlobFetchReply } from '@mle/protocol';
import { BlobsService } from '../blobs/blobs.service.js';
import { logger } from '../logging/logger.js';
import { currentAttempt } from '../runs/run-view.js';
import { RunsRepository } from '../runs/runs.repository.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';
import type { WorkerSocket } from './link-session.js';

const ACK_MS = 30_000;

/** Streams the blobs of a snapshot to the machine that runs it, never more than a few pieces ahead of it. */
@Injectable()
export class BlobStreams {
  constructor(
    private readonly runs: RunsRepository,
    private readonly snapshots: SnapshotsService,
    private readonly blobs: BlobsService,
  ) {}

  /** Answers whether the stream begins; its pieces follow as `blob.chunk`, then `blob.end`. */
  async serve(socket: WorkerSocket, machineId: string, request: BlobFetch): Promise<BlobFetchReply> {
    const run = await this.runs.get(request.runId);
    if (!run || run.attempt !== request.attempt || currentAttempt(run).machineId !== machineId) {
      return { ok: false, message: 'The run is not on this machine any more.' };
    }
    const files = request.items.every(({ sha256 }) => sha256 === run.snapshotId) ? [] : (await this.snapshots.manifest(run.snapshotId)).files;
    const allowed = new Set([run.snapshotId, ...files.map(({ sha256 }) => sha256)]);
    if (!request.items.every(({ sha256 }) => allowed.has(sha256))) return { ok: false, message: 'A file was asked for that is not of this run.' };
    this.stream(socket, request).then(
      () => socket.emit('blob.end', { streamId: request.streamId, error: null }),
      (error: unknown) => {
        logger.warn({ err: error, machineId, runId: run.id }, 'a stream of files ended early');
        socket.emit('blob.end', { streamId: request.streamId, error: error instanceof Error ? error.message : 'it failed' });
      },
    );
    return { ok: true };
  }

  private async stream(socket: WorkerSocket, { streamId, items }: BlobFetch): Promise<void> {
    const inFlight = new Set<Promise<void>>();
    let failure: Error | null = null;
    const send = async (sha256: string, offset: number, size: number, bytes: Buffer): Promise<void> => {
      while (inFlight.size >= LIMITS.blobChunksInFlight) await Promise.race(inFlight);
      if (failure) throw failure;
      const sent: Promise<void> = socket
        .timeout(ACK_MS)
        .emitWithAck('blob.chunk', { streamId, sha256, offset, size }, bytes)
        .then(({ ok }) => {
          if (!ok) throw new Error('the worker refused a piece');
        })
        .catch((error: Error) => {
          failure = error;
        })
        .finally(() => inFlight.delete(sent));
      inFlight.add(sent);
    };
    for (const { sha256, from } of items) {
      const size = await this.blobs.size(sha256);
      if (size === null) throw new Error(`the file ${sha256} is not stored`);
      let offset = Math.min(from, size);
      if (offset === size) await send(sha256, offset, size, Buffer.alloc(0));
      else {
        for await (const piece of this.blobs.open(sha256, { from: offset }) as AsyncIterable<Buffer>) {
          for (let at = 0; at < piece.length; at += LIMITS.blobChunkBytes) {
            const part = piece.subarray(at, at + LIMITS.blobChunkBytes);
            await send(sha256, offset, size, part);
            offset += part.length;
          }
        }
      }
    }
    await Promise.all(inFlight);
    if (failure) throw failure as Error;
  }
}
