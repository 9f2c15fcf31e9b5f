// 1,000 queued runs that do nothing but add a line to a ledger, beside the least that the same parts can do: the
// same program started by a bare BullMQ worker with as many at once. In turns, so that both meet the same machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { CpuMeter } from './lib/cpu.mjs';
import { percentile } from './lib/numbers.mjs';
import { startProduct } from './lib/product.mjs';
import { atLeast, report, spread } from './lib/report.mjs';

const RUNS = Number(process.env.BENCH_RUNS ?? 1000);
const AT_ONCE = 4;
const TURNS = 4;
const PER_TURN = RUNS / TURNS;
const WARM_UP = 40;
const POSTS_AT_ONCE = 8;
const AIM = 0.5;
/** The id of a run in hexadecimal digits, its attempt, and what is between and behind them. */
const LINE_BYTES = 24 + ' 1\n'.length;

const product = await startProduct();

async function main() {
  const ledger = await new Ledger(join(product.folder, 'ledger')).make();
  const command = `echo $MLE_RUN_ID $MLE_ATTEMPT >> ${ledger.path}`;
  const { id: projectId } = await product.client.createProject('bench');
  await product.client.putFile(projectId, 'a.txt', 'a');
  const machine = await product.client.machine();
  const change = (values) => product.client.json('PATCH', `machines/${machine.id}`, values);
  await change({ slots: AT_ONCE, drain: true });
  const submit = (count) => inLanes(count, POSTS_AT_ONCE, () => product.client.startRun({ projectId, command }));

  /** Lets the machine take runs until `count` more have started, and waits for their end; answers runs per second. */
  const turn = async (count) => {
    const before = await ledger.count();
    const began = performance.now();
    await change({ drain: false });
    while ((await ledger.count()) < before + count) await delay(10);
    await change({ drain: true });
    while ((await product.client.json('GET', `machines/${machine.id}`)).running.length > 0) await delay(5);
    return ((await ledger.count()) - before) / ((performance.now() - began) / 1000);
  };

  const bare = await bareRuns(join(product.folder, 'bare-ledger'));
  await bare.turn(WARM_UP);
  await submit(WARM_UP);
  await turn(WARM_UP);

  const postsBegan = performance.now();
  await submit(RUNS);
  const posted = RUNS / ((performance.now() - postsBegan) / 1000);
  const rates = { bare: [], product: [] };
  const cpu = new CpuMeter(product);
  for (let i = 0; i < TURNS; i++) {
    rates.bare.push(await bare.turn(PER_TURN));
    rates.product.push(await turn(i === TURNS - 1 ? await ledger.left(RUNS + WARM_UP) : PER_TURN));
  }
  await bare.close();
  console.log(cpu.perOne(RUNS, 'run'));
  console.log(`stored and queued by POST: ${posted.toFixed(0)} runs/s`);

  await verify(await ledger.lines(), projectId, RUNS + WARM_UP);
  const ratios = rates.product.map((rate, i) => rate / rates.bare[i]);
  report([
    atLeast(
      `no-op runs, ${AT_ONCE} at once`,
      spread(rates.bare, 'runs/s'),
      spread(rates.product, 'runs/s'),
      percentile(ratios, 0.5),
      AIM,
    ),
  ]);
}

/** One start of each run, and each run succeeded. */
async function verify(lines, projectId, expected) {
  const starts = new Set(lines);
  if (lines.length !== expected || starts.size !== expected)
    throw new Error(`The ledger has ${lines.length} lines, ${starts.size} of them different, for ${expected} runs.`);
  let succeeded = 0;
  for (let cursor = ''; cursor !== null;) {
    const page = await product.client.json(
      'GET',
      `runs?projectId=${projectId}&state=succeeded&limit=200${cursor && `&cursor=${cursor}`}`,
    );
    for (const run of page.items) if (starts.has(`${run.id} 1`)) succeeded++;
    cursor = page.nextCursor;
  }
  if (succeeded !== expected) throw new Error(`${succeeded} of ${expected} runs succeeded.`);
  console.log(`${expected} runs made ${lines.length} starts, one each, and all succeeded`);
}

/** The baseline: a BullMQ worker on the same Redis that starts children of this process. */
async function bareRuns(ledger) {
  const connection = { path: product.redis.socket, password: product.redis.password, maxRetriesPerRequest: null };
  const queue = new Queue('bare', { connection });
  const run = async (job) => {
    const child = spawn('/bin/sh', ['-c', `echo ${job.id} 1 >> ${ledger}`], { stdio: ['ignore', 'pipe', 'pipe'] });
    await once(child, 'close');
  };
  return {
    async turn(count) {
      await queue.addBulk(
        Array.from({ length: count }, () => ({ name: 'run', data: {}, opts: { removeOnComplete: true } })),
      );
      const worker = new Worker('bare', run, { connection, concurrency: AT_ONCE, autorun: false });
      await worker.waitUntilReady();
      let left = count;
      const done = new Promise((resolve) => worker.on('completed', () => --left === 0 && resolve()));
      const began = performance.now();
      void worker.run();
      await done;
      const rate = count / ((performance.now() - began) / 1000);
      await worker.close();
      return rate;
    },
    close: () => queue.close(),
  };
}

/** The file to which each start adds a line. */
class Ledger {
  constructor(path) {
    this.path = path;
  }

  async make() {
    await writeFile(this.path, '');
    // The runs may have a uid of their own.
    await chmod(this.path, 0o666);
    return this;
  }

  async lines() {
    return (await readFile(this.path, 'utf8')).split('\n').filter((line) => line !== '');
  }

  /** By the size: reading it all a hundred times a second would be work that the baseline does not have. */
  async count() {
    return (await stat(this.path)).size / LINE_BYTES;
  }

  async left(expected) {
    return expected - (await this.count());
  }
}

async function inLanes(count, lanes, work) {
  let next = 0;
  const lane = async () => {
    while (next++ < count) await work();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

try {
  await main();
} finally {
  await product.stop();
}
