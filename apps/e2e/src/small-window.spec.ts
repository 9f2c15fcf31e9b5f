import type { Locator, Page } from '@playwright/test';
import { expect, logIn, openProject, output, test } from './product.js';

const PROGRAM = `for epoch in range(1, 31):
    print(f"epoch {epoch} loss={1 / epoch:.4f}", flush=True)
`;

/** All of it lies in the window, and nothing lies over it. */
async function expectInSight(page: Page, place: Locator): Promise<void> {
  await expect(place).toBeInViewport({ ratio: 1 });
  // What came with the end of the run may move it once more.
  await expect(async () => {
    const box = await place.boundingBox();
    if (!box) throw new Error('It has no place.');
    const isOnTop = await place.evaluate((element, [x, y]) => element.contains(document.elementFromPoint(x, y)), [
      box.x + Math.min(8, box.width / 2),
      box.y + box.height / 2,
    ] as const);
    expect(isOnTop).toBe(true);
  }).toPass({ timeout: 10_000 });
}

for (const { name, width, height, scale } of [
  // What a window of 1,280 by 800 shows at 200 %.
  { name: '200 % zoom', width: 640, height: 400, scale: 2 },
  { name: 'a phone of 390 px', width: 390, height: 844, scale: 1 },
])
  test.describe(name, () => {
    test.use({ viewport: { width, height }, deviceScaleFactor: scale });

    test('keeps the output in sight, and Rerun before Delete', async ({ page, product }) => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await logIn(page, product);
      await openProject(page, product, `Small ${width}`, { 'train.py': PROGRAM });
      await page.getByRole('treeitem', { name: 'train.py' }).click();
      await page.setViewportSize({ width, height });

      await page.getByRole('button', { name: 'Go on this computer' }).click();
      const last = output(page).getByText('epoch 30 loss=0.0333');
      await expect(last).toBeVisible();
      await expectInSight(page, last);
      const { height: lines = 0 } = (await output(page).boundingBox()) ?? {};
      // A third of the window is the output's.
      expect(lines).toBeGreaterThan(height / 3);

      await page.goto(`${product.url}/runs`);
      await page
        .getByRole('link', { name: /train\.py/ })
        .first()
        .click();
      await expect(page.getByRole('button', { name: 'Rerun' })).toBeVisible();
      await expectInSight(page, page.getByRole('button', { name: 'Rerun' }));
      const lastLine = output(page).getByText('epoch 30 loss=0.0333');
      await expectInSight(page, lastLine);
      // What ends something for good is a step further away.
      await expect(page.getByRole('button', { name: 'Delete' })).toBeHidden();
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await expectInSight(page, page.getByRole('menuitem', { name: 'Delete' }));
    });
  });
