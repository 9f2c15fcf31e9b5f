// How fast output is read for numbers, beside a warmed loop over the same bytes; and how many points a second come of
// it. Then in the whole product: a run that prints a million points, and the query of its curve beside a program that
// reads the stored chunks and goes over them once.
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { percentile } from './lib/numbers.mjs';
import { openPoints } from './lib/point-pass.mjs';
import { startProduct } from './lib/product.mjs';
import { atMost, report, spread } from './lib/report.mjs';

const MEGABYTES = Number(process.env.BENCH_MEGABYTES ?? 24);
const ROUNDS = 5;
const POINTS = Number(process.env.BENCH_POINTS ?? 1_000_000);
/** Points of a chart as wide as a page. */
const CHART_POINTS = 2_000;
const COLUMNS = CHART_POINTS / 4;
const LONGEST_MS = 300_000;
const PIECE = 256 * 1024;
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
    const segments = [[data.length, 0, 1_000]];
    thread.postMessage({ reader, kind: 'read', data, segments }, [data.buffer]);
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

/** A program that prints one curve as fast as it can. */
const PROGRAM = `import { writeSync } from 'node:fs';
for (let from = 0; from < ${POINTS}; from += 5_000) {
  let text = '';
  for (let i = from; i < from + 5_000; i++) text += \`step \${i} loss: \${(1 / (i + 1) + Math.sin(i) / 10).toFixed(6)}\\n\`;
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}
`;

async function readRates() {
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
  return [
    atMost('read for numbers', spread(baseline, 'MB/s'), spread(product, 'MB/s'), ratio, 6),
    { what: 'points made', baseline: '', product: spread(points, 'k/s'), figure: '', aim: '', met: true },
  ];
}

async function timed(times, work) {
  const began = performance.now();
  const result = await work();
  times.push(performance.now() - began);
  return result;
}

async function queryTimes(product) {
  const { client, store } = product;
  const { id: projectId } = await client.createProject('bench');
  await client.putFile(projectId, 'points.mjs', PROGRAM);
  const began = performance.now();
  const { id: runId } = await client.startRun({ projectId, file: 'points.mjs' });
  await client.ended(runId, 600);
  const path = `runs/${runId}/metrics?names=loss&points=${CHART_POINTS}`;
  const query = () => client.json('GET', path);
  // What came faster than it was read is read after the end.
  while ((await query()).series[0]?.count !== POINTS) {
    if (performance.now() - began > LONGEST_MS) throw new Error('The points are not all there.');
    await delay(100);
  }
  const seconds = (performance.now() - began) / 1000;
  const stored = await openPoints(store.uri);
  const [baseline, queries] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    // The first round warms both.
    const warm = [];
    const { points } = await timed(round === 0 ? warm : baseline, () => stored.pass(runId, COLUMNS, POINTS));
    if (points !== POINTS) throw new Error(`${points} points were read from the store`);
    await timed(round === 0 ? warm : queries, query);
  }
  await stored.close();
  const ratio = percentile(queries, 0.5) / percentile(baseline, 0.5);
  return [
    atMost(`a curve of ${POINTS} points`, spread(baseline, 'ms'), spread(queries, 'ms'), ratio, 3),
    {
      what: 'points from print to curve',
      baseline: '',
      product: `${(POINTS / seconds / 1000).toFixed(0)} k/s`,
      figure: '',
      aim: '',
      met: true,
    },
  ];
}

const rows = await readRates();
const product = await startProduct();
try {
  rows.push(...(await queryTimes(product)));
} finally {
  await product.stop();
}
report(rows);
