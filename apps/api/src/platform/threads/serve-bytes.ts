import { parentPort } from 'node:worker_threads';
import type { Told } from './thread-stream.js';

const PIECE_BYTES = 64 * 1024;

/** Gives the bytes to the `threadStream` that started this thread, a piece each time that it asks. */
export function serveBytes(bytes: AsyncIterable<Uint8Array>, take: (given: never) => void): void {
  const port = parentPort;
  if (!port) throw new Error('This file is a thread of the server. Start dist/apps/api/main.mjs.');
  const pieces = inPieces(bytes);
  port.on('message', (told: Told) => {
    if (told !== 'next') take(told.given as never);
    // A failure is caught by nobody here: it ends the thread, and the stream with its words.
    else void pieces.next().then(({ value }) => port.postMessage(value ?? null));
  });
}

/** The same bytes in pieces of some size: a message costs more than what a zip writes at once. */
async function* inPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const some of bytes) {
    held.push(some);
    size += some.length;
    if (size < PIECE_BYTES) continue;
    yield Buffer.concat(held);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held);
}
