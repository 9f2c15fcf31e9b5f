import { parentPort } from 'node:worker_threads';
import { OutputReader } from './results/metrics/reader/output-reader.js';
import type { ReadingAnswer, ReadingProgress, ReadingRequest } from './results/metrics/reading-messages.js';

/** The thread that reads the numbers of all runs, one piece of output after the other. */
const port = parentPort;
if (!port) throw new Error('This file is a thread of the server. Start dist/apps/api/main.mjs.');

const readers = new Map<number, OutputReader>();

port.on('message', (request: ReadingRequest) => {
  if (request.kind === 'open') readers.set(request.reader, new OutputReader({ state: request.state }));
  else if (request.kind === 'close') readers.delete(request.reader);
  else port.postMessage(answer(request));
});

port.postMessage({ ready: true } satisfies ReadingAnswer);

function answer(request: Exclude<ReadingRequest, { kind: 'open' | 'close' }>): ReadingAnswer {
  try {
    const reader = readers.get(request.reader);
    if (!reader) throw new Error(`No reader has the number ${request.reader}.`);
    return progress(reader, request);
  } catch (error) {
    return { error: error as Error };
  }
}

function progress(reader: OutputReader, request: ReadingRequest): ReadingProgress {
  if (request.kind === 'skip') reader.skip(request.bytes);
  else if (request.kind === 'end') reader.end();
  else if (request.kind === 'read') {
    let at = 0;
    for (const [length, stream, time] of request.segments)
      reader.push(request.data.subarray(at, (at += length)), stream, time);
  }
  return {
    points: reader.take(),
    series: reader.series,
    hasFound: reader.hasFound,
    state: request.kind === 'state' ? reader.state : null,
  };
}
