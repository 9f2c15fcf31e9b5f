import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const BUFFERED_BYTES = 256 * 1024;
const MEMORY_MB = 256;

/** What such a thread is told: something to make bytes of, or `null` after the last; or to give the next piece. */
export type Told = { given: unknown } | 'next';

/**
 * Bytes that a thread of their own makes of what it is given, while they are read. Whoever reads no further ends it.
 * See `serveBytes`.
 */
export function threadStream(file: string, data: unknown, given: AsyncIterable<unknown> | Iterable<unknown>): Readable {
  const worker = new Worker(file, {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    execArgv: ['--enable-source-maps'],
  });
  const tell = (told: Told) => worker.postMessage(told);
  const stream = new Readable({
    highWaterMark: BUFFERED_BYTES,
    read: () => tell('next'),
    destroy: (error, done) => void worker.terminate().then(() => done(error), done),
  });
  worker.on('message', (piece: Uint8Array | null) => stream.push(piece));
  worker.on('error', (error: Error) => stream.destroy(error));
  const giveAll = async () => {
    for await (const some of given) {
      if (stream.destroyed) return;
      tell({ given: some });
      await setImmediate();
    }
    tell({ given: null });
  };
  giveAll().catch((error: unknown) => stream.destroy(error as Error));
  return stream;
}
