// The dial: from the last turn of a number in the editor to the first new point on the chart, in Chromium with the whole
// product and one local worker, beside the same program started by hand (spawn → first line). Interleaved, on an idle
// machine. The program ends on Ctrl-C.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { CHROMIUM } from '../apps/e2e/chromium.ts';
import { ms, percentile } from './lib/numbers.mjs';
import { startProduct } from './lib/product.mjs';
import { report } from './lib/report.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 40);
const WARM_UP = 5;
const AIM_MS = 300;
/** The page takes a hand that moves on within this time for one that has not rested. */
const REST_MS = 120;
const PROGRAM = `import time
learning_rate = 0.16
print(f"epoch 1 loss={learning_rate}", flush=True)
time.sleep(600)
`;

const product = await startProduct();
const browser = await chromium.launch(CHROMIUM);

async function main() {
  const path = join(product.folder, 'by-hand.py');
  await writeFile(path, PROGRAM);
  const page = await openCode();
  const byHand = [];
  const byDial = [];
  for (let i = 0; i < ROUNDS + WARM_UP; i++) {
    const a = await startByHand(path);
    const b = await turn(page, i % 2 === 0 ? 'Alt+ArrowUp' : 'Alt+ArrowDown');
    if (i < WARM_UP) continue;
    byHand.push(a);
    byDial.push(b);
  }
  const row = (what, share, since) => {
    const [least, ours] = [percentile(byHand, share), percentile(byDial, share) - since];
    const aim = { aim: `≤ ${AIM_MS} ms`, met: ours <= AIM_MS };
    return { what, baseline: ms(least), product: ms(ours), figure: `+${ms(ours - least)}`, ...aim };
  };
  report([
    row('last turn → first new point, p50', 0.5, 0),
    row(`the hand has rested for ${REST_MS} ms → first new point, p50`, 0.5, REST_MS),
    row('last turn → first new point, p90', 0.9, 0),
  ]);
}

/** The Code page with the program, which has run once and runs while its rate is turned. */
async function openCode() {
  const { client, url } = product;
  const { id } = await client.createProject('bench');
  await client.putFile(id, 'train.py', PROGRAM);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const [name = '', value = ''] = client.cookie.split('=');
  await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  await page.addInitScript(noteChart);
  await page.goto(`${url}/code?project=${id}&file=train.py`);
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  await page.waitForFunction(() => globalThis.labels.some(({ label }) => label.includes('0.16')));
  await page.getByRole('button', { name: /^Stop run/ }).click();
  // Between 0.5 and 1.6, so that neither is the value of the run before.
  await page.locator('.cm-knob').click();
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByRole('checkbox', { name: 'Run while I turn learning_rate' }).check();
  await page.locator('.cm-knob').click();
  return page;
}

/** Runs in the page: when a key went down, and what the chart says of itself from when on it is drawn so. */
function noteChart() {
  const labels = (globalThis.labels = []);
  addEventListener('keydown', ({ key }) => key.startsWith('Arrow') && (globalThis.turnedAt = performance.now()), true);
  const look = () => {
    const label = document.querySelector('mle-live-chart .plot')?.getAttribute('aria-label') ?? '';
    if (label === labels.at(-1)?.label) return;
    const entry = { label, at: Infinity };
    labels.push(entry);
    // What is drawn before a frame is seen with it: the second callback comes after that.
    requestAnimationFrame(() => requestAnimationFrame(() => (entry.at = performance.now())));
  };
  const changes = { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-label'] };
  new MutationObserver(look).observe(document, changes);
}

async function turn(page, keys) {
  await page.keyboard.press(keys);
  const value = await page.locator('.cm-knob').textContent();
  const took = await page.waitForFunction(
    (wanted) => {
      const { labels, turnedAt } = globalThis;
      const numbers = (label) => label.match(/\d+(\.\d+)?/g) ?? [];
      const seen = labels.find(({ at, label }) => at >= turnedAt && at < Infinity && numbers(label).includes(wanted));
      return seen ? seen.at - turnedAt : null;
    },
    value,
    { polling: 20 },
  );
  // The hand stays where it is for a while.
  await delay(400);
  return took.jsonValue();
}

/** From the start of the process to its first line. */
async function startByHand(path) {
  const began = performance.now();
  const child = spawn('python3', ['-u', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const took = performance.now() - began;
  child.kill('SIGINT');
  await once(child, 'exit');
  return took;
}

try {
  await main();
} finally {
  await browser.close();
  await product.stop();
}
