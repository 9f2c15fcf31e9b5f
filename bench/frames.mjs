// How smooth the page stays with much in it, in Chromium: Graphs with 200 runs of 10,000 points each while 20 curves of a
// run grow, and the list of 10,000 runs while it is scrolled. A frame is the time between two turns of the browser's
// loop of drawing. Headless, without a GPU.
import { setTimeout as delay } from 'node:timers/promises';
import mongoose from 'mongoose';
import { mainThread, openBrowser } from './lib/browser.mjs';
import { percentile } from './lib/numbers.mjs';
import { startProduct } from './lib/product.mjs';
import { report } from './lib/report.mjs';

const RUNS = Number(process.env.BENCH_RUNS ?? 10_000);
const DRAWN = Number(process.env.BENCH_CURVES ?? 200);
const POINTS = 10_000;
const LIVE = 20;
const SECONDS = 10;
/** A frame that took longer is seen as a jerk. */
const AIM_MS = 50;
const AT_ONCE = 500;

const CURVE = `for step in range(${POINTS}):
    print(f"#loss {step} {1 / (step / 500 + 1) + (step * 7919 % 101) / 2000:.6f}")
`;
const GROWING = `import time
for step in range(100000):
    for i in range(${LIVE}):
        print(f"#{'loss' if i == 0 else f'live{i}'} {step} {1 / (step + 1 + i):.6f}")
    print(end="", flush=True)
    time.sleep(0.1)
`;

/** Copies a run with its points straight into the store, as if it had run so often. */
async function copy(uri, runId, count, withPoints, from) {
  const connection = await mongoose.createConnection(uri).asPromise();
  const [runs, chunks] = [connection.collection('runs'), connection.collection('metric_chunks')];
  const run = await runs.findOne({ _id: new mongoose.Types.ObjectId(runId) });
  const points = withPoints ? await chunks.find({ runId }).toArray() : [];
  const ids = [];
  for (let made = 0; made < count; made += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - made) }, () => new mongoose.Types.ObjectId());
    await runs.insertMany(some.map((_id, i) => ({ ...run, _id, number: from + made + i })));
    const parts = some.flatMap((id) =>
      points.map((chunk) => ({ ...chunk, _id: new mongoose.Types.ObjectId(), runId: String(id) })),
    );
    if (parts.length > 0) await chunks.insertMany(parts);
    ids.push(...some.map(String));
  }
  await connection.close();
  return ids;
}

/** Frame times, and what the main thread did, while `work` goes on. */
async function watch(page, what, work) {
  const read = await mainThread(page);
  const before = await read();
  await page.evaluate(() => {
    globalThis.frames = [];
    let last = performance.now();
    const next = (now) => {
      globalThis.frames.push(now - last);
      last = now;
      globalThis.frame = requestAnimationFrame(next);
    };
    globalThis.frame = requestAnimationFrame(next);
  });
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  const frames = await page.evaluate(() => {
    cancelAnimationFrame(globalThis.frame);
    return globalThis.frames.slice(1);
  });
  const after = await read();
  const p95 = percentile(frames, 0.95);
  return {
    what,
    baseline: `${((after.all - before.all) / seconds / 10).toFixed(0)} % busy, script ${((after.script - before.script) / seconds / 10).toFixed(0)} %`,
    product: `p50 ${percentile(frames, 0.5).toFixed(0)}, p95 ${p95.toFixed(0)}, longest ${Math.max(...frames).toFixed(0)} ms`,
    figure: `${p95.toFixed(0)} ms`,
    aim: `≤ ${AIM_MS} ms`,
    met: p95 <= AIM_MS,
  };
}

async function graphs(page, product, { projectId, ids }) {
  const rows = [];
  const chart = page.getByRole('figure', { name: 'loss', exact: true });
  const points = chart.locator('[data-points]');
  await page.goto(`${product.url}/graphs?project=${projectId}&runs=${ids.join(',')}`, { waitUntil: 'commit' });
  await page.locator('mle-graphs-page').waitFor();
  const began = performance.now();
  const drawn = async () => {
    while (Number(await points.getAttribute('data-points').catch(() => 0)) < (DRAWN - 1) * 500) await delay(200);
  };
  rows.push(await watch(page, `${DRAWN} runs come`, drawn));
  console.log(
    `${DRAWN} runs were drawn after ${((performance.now() - began) / 1000).toFixed(1)} s, ${await points.getAttribute('data-points')} points of loss`,
  );
  await delay(2_000);
  rows.push(await watch(page, `${LIVE} curves grow among ${DRAWN}`, () => delay(SECONDS * 1000)));
  const box = await chart.boundingBox();
  const across = async () => {
    const end = performance.now() + SECONDS * 1000;
    for (let i = 0; performance.now() < end; i++)
      await page.mouse.move(box.x + 60 + ((i * 7) % (box.width - 120)), box.y + box.height / 2);
  };
  rows.push(await watch(page, 'the cursor over the chart', across));
  return rows;
}

async function list(page, product, { projectId }) {
  await page.goto(`${product.url}/runs?project=${projectId}`);
  const table = page.getByRole('table');
  await table.waitFor();
  const began = performance.now();
  const body = page.getByRole('region', { name: 'List of runs' });
  // −1 while the list goes on.
  const count = async () => Number(await table.getAttribute('aria-rowcount')) - 1;
  while ((await count()) < 0 && performance.now() - began < 240_000) {
    await body.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await delay(20);
  }
  const rows = await count();
  if (rows < 0) throw new Error('The end of the list was not reached in four minutes.');
  const drawn = await page.locator('[data-row]').count();
  console.log(`${rows} rows were loaded in ${((performance.now() - began) / 1000).toFixed(1)} s, ${drawn} are drawn`);
  const box = await page.locator('mle-runs-table').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const scroll = (step) => async () => {
    const end = performance.now() + SECONDS * 1000;
    while (performance.now() < end) await page.mouse.wheel(0, step);
  };
  return [
    await watch(page, `${rows} rows, scrolled up`, scroll(-300)),
    await watch(page, `${rows} rows, scrolled down`, scroll(300)),
    await watch(page, `${rows} rows, at rest beside a run`, () => delay(SECONDS * 1000)),
  ];
}

const product = await startProduct();
try {
  const { client, store } = product;
  const { id: projectId } = await client.createProject('bench');
  await client.putFile(projectId, 'curve.py', CURVE);
  await client.putFile(projectId, 'growing.py', GROWING);
  const { id } = await client.startRun({ projectId, file: 'curve.py' });
  await client.ended(id);
  while ((await client.json('GET', `runs/${id}/metrics?names=loss`)).series[0]?.count !== POINTS) await delay(100);
  const ids = await copy(store.uri, id, DRAWN - 2, true, 1_000);
  await copy(store.uri, id, RUNS - DRAWN, false, 10_000);
  const live = await client.startRun({ projectId, file: 'growing.py' });
  const browser = await openBrowser(product);
  const rows = [];
  for (const part of [graphs, list]) {
    const page = await (await browser.fresh()).newPage();
    rows.push(...(await part(page, product, { projectId, ids: [live.id, id, ...ids] })));
    await page.close();
  }
  await browser.close();
  report(rows);
} finally {
  await product.stop();
}
