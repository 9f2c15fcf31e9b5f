import type { RunView } from '@mle/protocol';
import type { Installation } from '@mle/testing';
import type { Page } from '@playwright/test';
import mongoose from 'mongoose';
import { seriousViolations } from './axe.js';
import { expect, FULL, logIn, openProject, test } from './product.js';

const AT_ONCE = 500;

/** A run with two points, and straight in the store as many copies of it as if it had run so often. */
async function seed(page: Page, product: Installation, count: number): Promise<string> {
  const projectId = await openProject(page, product, `${count} runs`, {
    'train.py': 'print("#loss", 0, 0.5)\nprint("#loss", 1, 0.25)\n',
    'wait.py': 'import time\ntime.sleep(60)\n',
  });
  const { id } = await product.client.startRun({ projectId, file: 'train.py' });
  await product.client.ended(id);
  await expect
    .poll(async () => (await product.client.json<RunView>('GET', `runs/${id}`)).metrics['loss']?.last)
    .toBe(0.25);
  const connection = await mongoose.createConnection(product.store.uri).asPromise();
  const runs = connection.collection('runs');
  const run = await runs.findOne({ _id: new mongoose.Types.ObjectId(id) });
  // Ids of one second have no order among those who made them.
  const second = (parseInt(id.slice(0, 8), 16) + 1).toString(16);
  for (let made = 1; made < count; made += AT_ONCE)
    await runs.insertMany(
      Array.from({ length: Math.min(AT_ONCE, count - made) }, (_, i) => ({
        ...run,
        _id: new mongoose.Types.ObjectId(second + (made + i).toString(16).padStart(16, '0')),
        number: made + i + 1,
        // A name now and then that is longer than the others.
        ...((made + i) % 97 === 0 && { tags: [`made as number ${made + i}`] }),
      })),
    );
  const ofProject = { _id: new mongoose.Types.ObjectId(projectId) };
  await connection.collection('projects').updateOne(ofProject, { $set: { runCounter: count } });
  await connection.close();
  return projectId;
}

const list = (page: Page) => page.getByRole('region', { name: 'List of runs' });
const rows = (page: Page) => page.locator('[data-row]');
const box = (page: Page, number: number) => page.getByRole('checkbox', { name: `Select run ${number}`, exact: true });

async function scrollTo(page: Page, top: number): Promise<void> {
  await list(page).evaluate((element, to) => element.scrollTo(0, to), top);
}

/** The numbers of the runs that stand in the list from its top to its bottom; null where no row stands. */
async function inSight(page: Page): Promise<(number | null)[]> {
  return list(page).evaluate((element) => {
    const { left, top, bottom } = element.getBoundingClientRect();
    const head = element.querySelector('thead')?.getBoundingClientRect().height ?? 0;
    const found: (number | null)[] = [];
    for (let y = top + head + 2; y < bottom - 2; y += 10) {
      const row = document.elementFromPoint(left + 20, y)?.closest('[data-row]');
      const number = row ? Number(/#(\d+)/.exec(row.textContent ?? '')?.[1]) : null;
      if (found.length === 0 || found.at(-1) !== number) found.push(number);
    }
    return found;
  });
}

/** Rows without a gap from the top of the list to its bottom, this one first. */
async function expectFrom(page: Page, number: number): Promise<void> {
  await expect(async () => {
    const numbers = await inSight(page);
    expect(numbers.length).toBeGreaterThan(5);
    expect(numbers).toEqual(numbers.map((_, i) => number - i));
  }).toPass({ intervals: [50], timeout: 20_000 });
}

const widths = (page: Page) =>
  page.locator('thead th').evaluateAll((heads) => heads.map((head) => Math.round(head.getBoundingClientRect().width)));

/** Scrolls to the end until the list goes on no further. A run that the page knows may stand there before. */
async function loadAll(page: Page, count: number): Promise<void> {
  await expect(async () => {
    await scrollTo(page, 1e9);
    await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', String(count + 1), { timeout: 100 });
  }).toPass({ intervals: [50], timeout: 120_000 });
  await scrollTo(page, 1e9);
  await expect(box(page, 1)).toBeInViewport();
}

test.beforeEach(async ({ page, product }) => logIn(page, product));

for (const { count, tag } of [
  { count: 600, tag: [] },
  { count: 10_000, tag: [FULL] },
])
  test(
    `a list of ${count} runs draws those in sight, and works as one that draws them all`,
    { tag },
    async ({ page, product }) => {
      const projectId = await seed(page, product, count);
      const curves: string[] = [];
      page.on('request', (request) => {
        const { pathname, searchParams } = new URL(request.url());
        if (pathname.endsWith('/metrics')) curves.push(...(searchParams.get('runs')?.split(',') ?? []));
      });
      await page.goto(`${product.url}/runs?project=${projectId}`);
      await expect(box(page, count)).toBeInViewport();
      await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', '-1');
      await loadAll(page, count);

      // Wherever it is, rows stand below each other without a gap, the columns keep their widths, and few rows are drawn.
      const before = await widths(page);
      const { height } = (await rows(page).first().boundingBox()) ?? { height: 0 };
      for (const share of [0.5, 0.1, 0.9, 0.33, 0]) {
        const first = Math.floor(share * (count - 30));
        await scrollTo(page, first * height);
        await expectFrom(page, count - first);
        expect(await rows(page).count()).toBeLessThan(60);
        expect(await widths(page)).toEqual(before);
      }
      expect(curves.length).toBeLessThan(count);

      // Keys lead through all rows, and the one that has the focus keeps it out of sight.
      await page.keyboard.press('j');
      await expect(page.getByRole('row', { name: `#${count} ` }).getByRole('link')).toBeFocused();
      await page.keyboard.press('End');
      const last = page.getByRole('row', { name: '#1 train.py' });
      await expect(last.getByRole('link')).toBeFocused();
      await expect(last).toBeInViewport();
      await expect(last).toHaveAttribute('aria-rowindex', String(count + 1));
      await scrollTo(page, 0);
      await expect(box(page, count)).toBeInViewport();
      await expect(last.getByRole('link')).toBeFocused();
      await page.keyboard.press('ArrowUp');
      await expect(page.getByRole('row', { name: '#2 train.py' }).getByRole('link')).toBeFocused();
      await expect(box(page, 2)).toBeInViewport({ ratio: 1 });
      await page.keyboard.press('x');

      expect(await seriousViolations(page)).toEqual([]);

      // A range goes over rows that are not drawn.
      await page.keyboard.press('Home');
      await expect(box(page, count)).toBeInViewport({ ratio: 1 });
      await page.keyboard.press('Shift+X');
      const selected = page.getByRole('toolbar', { name: 'Selected runs' });
      await expect(selected).toContainText(`${count - 1} selected`);
      await page.keyboard.press('Control+a');
      await expect(selected).toContainText(`${count} selected`);
      await selected.getByRole('button', { name: 'Select none' }).click();

      // A new run waits and moves nothing.
      await scrollTo(page, 200.5 * height);
      await expect(box(page, count - 205)).toBeInViewport();
      const shown = await inSight(page);
      const { id: waits } = await product.client.startRun({ projectId, file: 'wait.py' });
      await expect(page.getByRole('button', { name: '1 new run' })).toBeVisible();
      expect(await inSight(page)).toEqual(shown);

      // The way back leads to the same place.
      await page
        .getByRole('row', { name: `#${count - 205} ` })
        .getByRole('link')
        .click();
      await expect(page.getByRole('heading', { level: 1 })).toContainText('train.py');
      await page.goBack();
      await expect.poll(() => inSight(page)).toEqual(shown);

      // On a phone rows have another height.
      await page.setViewportSize({ width: 390, height: 844 });
      const heightNow = async () => (await rows(page).first().boundingBox())?.height ?? 0;
      await expect.poll(heightNow).toBeGreaterThan(height);
      const taller = await heightNow();
      for (const share of [0.5, 0.9, 0]) {
        const first = Math.floor(share * (count - 30));
        await scrollTo(page, first * taller);
        // The new run stands at the top again.
        await expectFrom(page, count + 1 - first);
        expect(await rows(page).count()).toBeLessThan(50);
      }

      // All that can be done with several stands within its width.
      await box(page, count).check();
      await box(page, count - 1).check();
      await expect(selected.getByRole('button', { name: 'Select none' })).toBeInViewport({ ratio: 1 });
      await expect(selected.getByRole('link', { name: 'Compare' })).toBeInViewport({ ratio: 1 });
      // The tests after this one want the machine.
      await product.client.json('POST', `runs/${waits}/stop`);
    },
  );

test('a list that is asked for again while one scrolls goes on to its end', async ({ page, product }) => {
  const projectId = await seed(page, product, 120);
  let go: (() => void) | null = null;
  await page.route(
    ({ pathname, searchParams }) =>
      pathname.endsWith('/runs') && searchParams.get('state') === 'succeeded' && !searchParams.has('cursor'),
    (route) => {
      go = () => void route.continue();
    },
  );
  await page.goto(`${product.url}/runs?project=${projectId}`);
  await expect(box(page, 120)).toBeInViewport();
  await page.getByRole('button', { name: 'State', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Succeeded' }).click();
  await expect.poll(() => go).not.toBeNull();
  await expect(async () => {
    await scrollTo(page, 1e9);
    await expect(box(page, 71)).toBeInViewport({ timeout: 100 });
  }).toPass({ intervals: [50] });
  (go as (() => void) | null)?.();
  await loadAll(page, 120);
});
