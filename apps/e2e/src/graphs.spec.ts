import { readFile, writeFile as writeHere } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page as List, RunView } from '@mle/protocol';
import type { Page } from '@playwright/test';
import { expect, FULL, logIn, openProject, test, writeFile } from './product.js';

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Prints ten points, and the rest once there is a file `go`: the test decides when. */
const program = (go: string): string => `import os, time
rate = int(os.environ.get("MLE_PARAM_RATE", 1))
for epoch in range(1, 31):
    if epoch == 11:
        while not os.path.exists("${go}"):
            time.sleep(0.05)
    print(f"#loss {epoch} {rate / epoch}", flush=True)
    print(f"epoch {epoch} accuracy={1 - rate / (epoch + 9):.4f}", flush=True)
`;

const chart = (page: Page, name: string) => page.getByRole('figure', { name, exact: true });
const points = async (page: Page, name: string): Promise<number> =>
  Number(await chart(page, name).locator('[data-points]').getAttribute('data-points'));
const openGraphs = (page: Page) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Graphs' }).click();

/** The pixels of a chart. */
const picture = (page: Page, name: string): Promise<string> =>
  chart(page, name)
    .locator('canvas')
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

/** The same once it is drawn anew and stays as it is. */
async function redrawn(page: Page, name: string, before: string): Promise<string> {
  let last = before;
  await expect
    .poll(
      async () => {
        const [earlier, now] = [last, await picture(page, name)];
        last = now;
        return now !== before && now === earlier;
      },
      { intervals: [300] },
    )
    .toBe(true);
  return last;
}

/** Of what this page draws; the bar above it is tested with all pages. */
async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { target: string[] }[] }[];
  }>("axe.run('main')");
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

test('curves grow while a program runs, two runs share a chart, and a reload shows the same', async ({
  page,
  product,
}) => {
  await logIn(page, product);
  await openGraphs(page);
  await expect(page.getByRole('heading', { name: 'No run to draw' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Copy the line' })).toBeVisible();
  expect(await serious(page)).toEqual([]);

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Code' }).click();
  const go = join(product.folder, 'go');
  await writeFile(page, 'curve.py', program(go));
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  await openGraphs(page);
  // The running run is chosen by itself, and the program waits before its eleventh epoch.
  await expect.poll(() => points(page, 'loss'), { timeout: 30_000 }).toBe(10);
  await expect(chart(page, 'loss').getByRole('img')).toHaveAccessibleName(/^loss by step\. #1 0\.1 at step 10/);
  const before = await picture(page, 'loss');

  const runs = async (): Promise<RunView[]> => (await product.client.json<List<RunView>>('GET', 'runs')).items;
  expect(await runs()).toMatchObject([{ state: 'running' }]);
  await writeHere(go, '');
  await expect.poll(() => points(page, 'loss'), { timeout: 30_000 }).toBe(30);
  expect(await picture(page, 'loss')).not.toBe(before);
  await expect.poll(async () => (await runs())[0]?.state).toBe('succeeded');
  expect((await runs())[0]?.metrics).toMatchObject({ loss: { last: 1 / 30 }, accuracy: { last: 0.9744 } });

  await product.client.json('POST', 'runs', {
    projectId: (await runs())[0]?.projectId,
    file: 'curve.py',
    params: { rate: 3 },
  });
  await expect
    .poll(async () => (await runs()).filter(({ state }) => state === 'succeeded').length, { timeout: 30_000 })
    .toBe(2);
  await page.getByRole('checkbox', { name: 'Draw run 1' }).check();
  await page.getByRole('checkbox', { name: 'Draw run 2' }).check();
  await expect.poll(() => points(page, 'loss')).toBe(60);
  await expect(chart(page, 'loss').getByRole('img')).toHaveAccessibleName(/#1 0\.03333 at step 30.*#2 0\.1 at step 30/);

  await chart(page, 'loss')
    .locator('.u-over')
    .hover({ position: { x: 60, y: 60 } });
  await expect(chart(page, 'loss').locator('.at-cursor em')).toHaveCount(2);
  await page.mouse.move(5, 5);
  const rough = await picture(page, 'loss');
  await page.locator('input[type=range]').fill('0.6');
  await expect(page).toHaveURL(/runs=[0-9a-f]{24},[0-9a-f]{24}&smooth=0\.6/);
  const shown = await redrawn(page, 'loss', rough);
  await page.reload();
  await expect.poll(() => points(page, 'loss')).toBe(60);
  await expect.poll(() => picture(page, 'loss')).toBe(shown);
  expect(await serious(page)).toEqual([]);

  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => picture(page, 'loss')).not.toBe(shown);
  expect(await serious(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(() => picture(page, 'loss')).toBe(shown);

  // A drag zooms all charts, a double-click shows the whole again.
  const box = await chart(page, 'loss').locator('.u-over').boundingBox();
  if (!box) throw new Error('the chart has no place');
  const other = await picture(page, 'accuracy');
  await page.mouse.move(box.x + 40, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 120, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByRole('button', { name: 'Whole range' })).toBeVisible();
  await expect.poll(() => picture(page, 'accuracy')).not.toBe(other);
  await chart(page, 'loss')
    .locator('.u-over')
    .dblclick({ position: { x: 60, y: 60 } });
  await expect(page.getByRole('button', { name: 'Whole range' })).toBeHidden();
  await expect.poll(() => picture(page, 'accuracy')).toBe(other);

  await page.getByRole('button', { name: 'Only run 2' }).click();
  await expect.poll(() => points(page, 'loss')).toBe(30);
  await page.getByRole('button', { name: 'Only run 2' }).click();
  await expect.poll(() => points(page, 'loss')).toBe(60);
  // What is pinned stays beside what would be drawn without a choice.
  await page.getByRole('button', { name: 'Pin run 1' }).click();
  await page.getByRole('button', { name: 'Latest' }).click();
  await expect(page).toHaveURL(/graphs\?(smooth=0\.6&)?project=\w+$/);
  await expect.poll(() => points(page, 'loss')).toBe(60);
  await page.getByRole('button', { name: 'Unpin run 1' }).click();
  await expect.poll(() => points(page, 'loss')).toBe(30);
  await page.getByRole('checkbox', { name: 'Draw run 1' }).check();

  await page.getByRole('button', { name: 'Enlarge loss' }).click();
  await expect(chart(page, 'accuracy')).toBeHidden();
  await expect
    .poll(async () => (await chart(page, 'loss').locator('canvas').boundingBox())?.height ?? 0)
    .toBeGreaterThan(500);
  await page.keyboard.press('Escape');
  await expect(chart(page, 'accuracy')).toBeVisible();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV: loss' }).click();
  const csv = (await readFile(await (await saving).path(), 'utf8')).split('\n');
  expect([csv.length, csv[0], csv[1]]).toEqual([32, 'step,#1,#2', '1,1,3']);

  await page.getByRole('button', { name: 'Hide run 2' }).click();
  await expect.poll(() => points(page, 'loss')).toBe(30);
  await page.getByRole('button', { name: 'Show as table: loss' }).click();
  await expect(chart(page, 'loss').getByRole('row')).toHaveCount(31);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'scrolls sideways').toBe(true);
  expect(await serious(page)).toEqual([]);
});

/** Prints values that are hard to draw, and ends in nan. */
const HARD = `for epoch in range(1, 6):
    lone = ["nan", 1, "nan", 2, "nan"][epoch - 1]
    print(f"epoch {epoch} lone={lone} huge={epoch}e30 loss={4 - epoch if epoch < 5 else 'nan'}", flush=True)
`;

/** How many pixels of a chart have a colour in a part of its width, and how many any ink left of its plot. */
const inked = (page: Page, name: string): Promise<{ dots: number; labels: number }> =>
  chart(page, name)
    .locator('canvas')
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const plot = canvas.parentElement?.querySelector<HTMLElement>('.u-over');
      const ratio = canvas.width / canvas.clientWidth;
      const left = (plot?.offsetLeft ?? 0) * ratio;
      const middle = left + ((plot?.clientWidth ?? 0) * ratio) / 2;
      const { data, width } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
      let [dots, labels] = [0, 0];
      for (let i = 0; data && width && i < data.length; i += 4) {
        const x = (i / 4) % width;
        const [red = 0, , blue = 0, alpha = 0] = data.slice(i, i + 4);
        if (alpha > 100 && x < left - 4) labels++;
        if (alpha > 100 && x > left && x < middle && Math.abs(red - blue) > 60) dots++;
      }
      return { dots, labels };
    });

test(
  'a value between nan is a dot, an axis at 1e30 has labels, and an end in nan is said',
  { tag: FULL },
  async ({ page, product }) => {
    await logIn(page, product);
    const projectId = await openProject(page, product, 'Hard numbers', { 'hard.py': HARD });
    await product.client.json('POST', 'runs', { projectId, file: 'hard.py' });
    await openGraphs(page);
    await expect.poll(() => points(page, 'lone'), { timeout: 30_000 }).toBe(5);
    await expect(chart(page, 'loss').getByRole('img')).toHaveAccessibleName(/ nan at epoch 5, from 0 to 3/);
    await expect(chart(page, 'loss')).toContainText('best 0, #1');
    await expect(chart(page, 'huge')).not.toContainText('best');
    await expect.poll(async () => (await inked(page, 'lone')).dots).toBeGreaterThan(5);
    await expect.poll(async () => (await inked(page, 'huge')).labels).toBeGreaterThan(50);

    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Runs' }).click();
    const row = page.getByRole('row').filter({ hasText: 'hard.py' });
    const choose = async (metric: string): Promise<void> => {
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByRole('menuitemradio', { name: metric, exact: true }).click();
    };
    await choose('loss');
    await expect(row.locator('.c-last')).toHaveText('nan');
    await expect(row.locator('.c-best')).toHaveText('0');
    await choose('huge');
    await expect(row.locator('.c-last')).toHaveText('5e30');
    await expect(row.locator('.c-best')).toHaveCount(0);
  },
);
