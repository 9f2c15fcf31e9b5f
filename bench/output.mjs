// Output on its way child → spool → API → database → watching client, beside two hops of a plain WebSocket for the
// same bytes. First how much goes through, then how long one line takes at 100 lines a second.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CpuMeter } from './lib/cpu.mjs';
import { ms, percentile } from './lib/numbers.mjs';
import { blocks } from './lib/printer.mjs';
import { startProduct } from './lib/product.mjs';
import { startRawRelay } from './lib/raw-relay.mjs';
import { atLeast, report, spread } from './lib/report.mjs';
import { openSocket, RunWatcher } from './lib/watcher.mjs';

const MIB = 1024 * 1024;
/** Of output from one run: below its quota. */
const LARGEST_RUN_BYTES = 960 * MIB;
const WARM_UP_BYTES = 48 * MIB;
const SUSTAINED_SECONDS = Number(process.env.BENCH_SECONDS ?? 60);
const TURNS = 3;
const LINES_PER_SECOND = 100;
const LINE_SECONDS = 25;
const RATIO_AIM = 0.15;
const LATENCY_AIM_MS = 50;

const product = await startProduct();
const raw = await startRawRelay();

async function main() {
  const { id: projectId } = await product.client.createProject('bench');
  await product.client.putFile(projectId, 'printer.mjs', await readFile(join(import.meta.dirname, 'lib/printer.mjs')));
  const socket = await openSocket(product);
  const submit = (args) => product.client.startRun({ projectId, file: 'printer.mjs', args });

  const throughput = await measureThroughput(socket, submit);
  const lines = await measureLines(socket, submit);
  socket.close();
  report([
    atLeast(
      `${SUSTAINED_SECONDS} s of output`,
      spread(throughput.raw, 'MB/s'),
      spread(throughput.product, 'MB/s'),
      percentile(throughput.ratios, 0.5),
      RATIO_AIM,
    ),
    {
      what: `p99 of a line at ${LINES_PER_SECOND}/s`,
      baseline: ms(lines.raw),
      product: ms(lines.product),
      figure: `+${ms(lines.product - lines.raw)}`,
      aim: `≤ +${LATENCY_AIM_MS} ms`,
      met: lines.product - lines.raw <= LATENCY_AIM_MS,
    },
  ]);
}

async function measureThroughput(socket, submit) {
  const warm = await throughProduct(socket, submit, WARM_UP_BYTES);
  await throughRelay(WARM_UP_BYTES);
  const bytes = Math.min(
    LARGEST_RUN_BYTES,
    Math.max(WARM_UP_BYTES, Math.round((warm.rate * MIB * SUSTAINED_SECONDS) / TURNS)),
  );
  const rates = { raw: [], product: [], ratios: [] };
  const cpu = new CpuMeter(product);
  let seconds = 0;
  let fetched = 0;
  let turns = 0;
  for (; turns < TURNS || seconds < SUSTAINED_SECONDS * 0.9; turns++) {
    const turn = await throughProduct(socket, submit, bytes);
    const relayed = await throughRelay(bytes);
    seconds += turn.seconds;
    fetched += turn.fetched;
    rates.product.push(turn.rate);
    rates.raw.push(relayed);
    rates.ratios.push(turn.rate / relayed);
  }
  console.log(cpu.perOne((turns * bytes) / MIB, 'MiB of output'));
  console.log(
    `${turns} runs of ${(bytes / MIB).toFixed(0)} MiB in ${seconds.toFixed(0)} s, all bytes as they were written (SHA-256); ${((100 * fetched) / (turns * bytes)).toFixed(0)} % came by range to a client that was behind`,
  );
  return rates;
}

/** A run that prints `bytes`, until a watching client has the last of them. */
async function throughProduct(socket, submit, bytes) {
  const run = await submit(['bulk', String(bytes)]);
  const hash = createHash('sha256');
  let head = Buffer.from('Running printer.mjs\n');
  const whole = bytes + head.length;
  let began = null;
  const watcher = new RunWatcher(product, socket, run.id, (piece) => {
    if (began === null && watcher.at > head.length) began = performance.now();
    hash.update(piece);
  });
  await watcher.watch();
  await watcher.until(whole);
  const seconds = (watcher.lastAt - began) / 1000;
  watcher.close();
  const ended = await endOf(run.id);
  const expected = createHash('sha256').update(head);
  for (const block of blocks(bytes)) expected.update(block);
  const sha256 = expected.digest('hex');
  if (hash.digest('hex') !== sha256) throw new Error('The client received other bytes than the program wrote.');
  if (ended.outputSha256 !== sha256 || ended.outputBytes !== whole)
    throw new Error('The server stored other bytes than the program wrote.');
  return { rate: bytes / MIB / seconds, seconds, fetched: watcher.fetched };
}

async function throughRelay(bytes) {
  const hash = createHash('sha256');
  let began = null;
  let last = 0;
  await raw.receive(['bulk', String(bytes)], (piece) => {
    began ??= performance.now();
    hash.update(piece);
    last = performance.now();
  });
  return bytes / MIB / ((last - began) / 1000);
}

/** Both at the same time: they meet the same machine. */
async function measureLines(socket, submit) {
  const count = LINES_PER_SECOND * LINE_SECONDS;
  const what = ['lines', String(count), String(LINES_PER_SECOND)];
  const latencies = { product: [], raw: [] };
  const run = await submit(what);
  const parser = new LineTimes(latencies.product);
  const watcher = new RunWatcher(product, socket, run.id, (piece) => parser.push(piece));
  await watcher.watch();
  const relayed = new LineTimes(latencies.raw);
  await raw.receive(what, (piece) => relayed.push(piece));
  await endOf(run.id);
  watcher.close();
  for (const [name, values] of Object.entries(latencies))
    if (values.length !== count) throw new Error(`${values.length} of ${count} lines came (${name}).`);
  console.log(
    `${count} lines: p50 ${ms(percentile(latencies.product, 0.5))}, two plain hops ${ms(percentile(latencies.raw, 0.5))}`,
  );
  return { product: percentile(latencies.product, 0.99), raw: percentile(latencies.raw, 0.99) };
}

/** Notes for each whole line how long ago it was written. */
class LineTimes {
  #rest = '';

  constructor(milliseconds) {
    this.milliseconds = milliseconds;
  }

  push(piece) {
    const now = process.hrtime.bigint();
    const lines = (this.#rest + piece.toString()).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) {
      const at = / at (\d+) /.exec(line)?.[1];
      if (at) this.milliseconds.push(Number(now - BigInt(at)) / 1e6);
    }
  }
}

async function endOf(runId) {
  for (;;) {
    const run = await product.client.run(runId);
    if (run.finishedAt) {
      if (run.state !== 'succeeded') throw new Error(`The run ended as ${run.state}: ${run.reason}`);
      return run;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

try {
  await main();
} finally {
  raw.stop();
  await product.stop();
}
