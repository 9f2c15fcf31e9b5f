import { serveThread } from './platform/threads/serve-thread.js';
import { storedPoints } from './results/metrics/metric-points.js';
import { OutputReader } from './results/metrics/reader/output-reader.js';
import type { ReadingProgress, ReadingRequest } from './results/metrics/reading-messages.js';

const readers = new Map<number, OutputReader>();

/** The thread that reads the numbers of all runs, one piece of output after the other. */
serveThread((request: ReadingRequest): ReadingProgress | undefined => {
  if (request.kind === 'open') readers.set(request.reader, new OutputReader(request));
  else if (request.kind === 'close') readers.delete(request.reader);
  else return progress(request);
  return undefined;
}, pointsBuffer);

/** All points lie in one. */
function pointsBuffer({ points: [first] }: ReadingProgress): ArrayBuffer[] {
  return first ? [first.x.buffer as ArrayBuffer] : [];
}

function progress(request: Exclude<ReadingRequest, { kind: 'open' | 'close' }>): ReadingProgress {
  const reader = readers.get(request.reader);
  if (!reader) throw new Error(`No reader has the number ${request.reader}.`);
  if (request.kind === 'skip') reader.skip(request.bytes);
  else if (request.kind === 'end') reader.end();
  else if (request.kind === 'read') {
    let at = 0;
    for (const [length, stream, time] of request.segments)
      reader.push(request.data.subarray(at, (at += length)), stream, time);
  }
  return {
    points: storedPoints(reader.take()),
    series: reader.series,
    hasFound: reader.hasFound,
    finals: request.kind === 'end' ? reader.finals : null,
    state: request.kind === 'state' ? reader.state : null,
  };
}
