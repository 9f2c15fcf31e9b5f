// How fast output is read for numbers, beside a warmed loop over the same bytes; and how many points a second come of it.
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { percentile } from './lib/numbers.mjs';
import { atMost, report, spread } from './lib/report.mjs';

const MEGABYTES = Number(process.env.BENCH_MEGABYTES ?? 24);
const ROUNDS = 5;
const PIECE = 64 * 1024;
const THREAD = join(import.meta.dirname, '../dist/apps/api/metrics-reader.mjs');

/** Lines of 30 to 100 bytes as programs print them: one of three tells numbers of a training. */
function log(megabytes) {
  const lines = [];
  let size = 0;
  for (let step = 0; size < megabytes * 1024 * 1024; step++) {
    const line = [
      `step ${step} loss=${(1 / (step + 1)).toFixed(6)} acc=${(step % 1000) / 1000} lr=0.001`,
      `2026-11-29 06:00:00,123 INFO loader: shard ${step} of the data was read from the disk`,
      `request ${step} was answered by the cache in ${step % 97} ms`,
    ][step % 3];
    lines.push(line);
    size += line.length + 1;
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** The thread of the server that reads, with one piece at a time, as the server asks it. */
const thread = new Worker(THREAD);
let readers = 0;

async function read(bytes) {
  const reader = ++readers;
  const rules = { key: '', hidden: [], renamed: [], axes: [], patterns: [] };
  thread.postMessage({ reader, kind: 'open', state: undefined, rules });
  let points = 0;
  const began = performance.now();
  for (let at = 0; at < bytes.length; at += PIECE) {
    const data = new Uint8Array(bytes.subarray(at, at + PIECE));
    thread.postMessage({ reader, kind: 'read', data, segments: [[data.length, 0, 1_000]] });
    const [{ answer }] = await once(thread, 'message');
    points += answer.points.reduce((sum, { x }) => sum + x.length, 0);
  }
  thread.postMessage({ reader, kind: 'close' });
  return { seconds: (performance.now() - began) / 1000, points };
}

/** Looks at each byte once, and counts the ends of lines. */
function loop(bytes) {
  let [lines, sum] = [0, 0];
  const began = performance.now();
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 10) lines++;
    sum = (sum + byte) | 0;
  }
  const seconds = (performance.now() - began) / 1000;
  if (lines === 0 || sum === 0) throw new Error('nothing was read');
  return seconds;
}

const bytes = log(MEGABYTES);
await once(thread, 'message');
// Both are warm: the thread lives as long as the server.
await read(bytes);
for (let warm = 0; warm < 3; warm++) loop(bytes);
const baseline = Array.from({ length: ROUNDS }, () => bytes.length / 1e6 / loop(bytes));
const product = [];
const points = [];
for (let round = 0; round < ROUNDS; round++) {
  const { seconds, points: found } = await read(bytes);
  product.push(bytes.length / 1e6 / seconds);
  points.push(found / seconds / 1000);
}
await thread.terminate();
const ratio = percentile(baseline, 0.5) / percentile(product, 0.5);
report([
  atMost('read for numbers', spread(baseline, 'MB/s'), spread(product, 'MB/s'), ratio, 6),
  { what: 'points made', baseline: '', product: spread(points, 'k/s'), figure: '', aim: '', met: true },
]);
