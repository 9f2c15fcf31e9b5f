import type { Page } from '@playwright/test';
import { expect, FULL, logIn, output, test, writeFile } from './product.js';

const LINES = 1_000_000;
const FRAMES = 60;

/** The end shows before the rest is here. */
async function timeUntilEnd(page: Page, open: () => Promise<unknown>): Promise<number> {
  const begun = Date.now();
  await open();
  await output(page)
    .getByText(`line ${LINES - 1} of`)
    .waitFor();
  return Date.now() - begun;
}

test(`opens and scrolls ${LINES} lines`, { tag: FULL }, async ({ page, product }, info) => {
  test.setTimeout(300_000);
  await logIn(page, product);
  await writeFile(
    page,
    'many.py',
    `import sys\nsys.stdout.write("".join(f"line {i} of a long output\\n" for i in range(${LINES})))\n`,
  );
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  await expect(page.getByText(/^succeeded, /).first()).toBeVisible({ timeout: 200_000 });
  // Anew, so that nothing of the output is here yet.
  await page.goto(`${product.url}/runs`);
  const row = page.getByRole('row', { name: /many\.py/ });
  await expect(row).toContainText('succeeded');
  const opened = await timeUntilEnd(page, () => row.getByRole('link').click());
  const reloaded = await timeUntilEnd(page, () => page.reload({ waitUntil: 'commit' }));
  await expect(page.getByText(`${(LINES + 1).toLocaleString('en')} lines`)).toBeVisible({ timeout: 60_000 });

  await output(page).press('Home');
  await expect(output(page)).toContainText('Running many.py');
  expect(await output(page).locator('.line').count()).toBeLessThan(150);
  // Smoothness is reported, not judged: the machine decides it.
  const times = await page.evaluate<number[]>(`(async () => {
    const scroller = document.querySelector('mle-output-view .scroller');
    const times = [];
    for (let i = 0, last = performance.now(); i < ${FRAMES}; i++) {
      scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: 400, cancelable: true, bubbles: true }));
      if (scroller.scrollHeight <= 8000000) scroller.scrollTop += 400;
      const now = await new Promise(requestAnimationFrame);
      times.push(now - last);
      last = now;
    }
    return times;
  })()`);
  const sorted = times.slice(1).sort((a, b) => a - b);
  info.annotations.push({
    type: 'measured',
    description: `opened in ${opened} ms, with all of the page in ${reloaded} ms; frames while scrolling: median ${sorted[FRAMES >> 1]?.toFixed(1)} ms, longest ${sorted.at(-1)?.toFixed(1)} ms`,
  });
  await expect(output(page)).not.toContainText('Running many.py');

  await page.getByLabel('Search the output').fill(`:${LINES / 2}`);
  await page.keyboard.press('Enter');
  await expect(output(page)).toContainText(`line ${LINES / 2 - 2} of`);
  await page.getByLabel('Search the output').fill(`line ${LINES - 7} of`);
  await expect(page.getByText('1 of 1')).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press('Enter');
  await expect(output(page)).toContainText(`line ${LINES - 7} of`);
});

test(
  'says what cannot be done while the server is away, and is whole again after it',
  { tag: FULL },
  async ({ page, product }) => {
    await logIn(page, product);
    await writeFile(
      page,
      'slow.py',
      'import time\nfor i in range(60):\n    print("count", i, flush=True)\n    time.sleep(0.1)\nprint("the end")\n',
    );
    await page.getByRole('button', { name: 'Go on this computer' }).click();
    await expect(output(page)).toContainText('count 3');
    await product.api.kill();
    await expect(page.getByText('Offline.')).toBeVisible();
    await expect(page.getByText(/^Trying again/)).toBeVisible();
    const stop = page.getByRole('button', { name: /^Stop run/ });
    await expect(stop).toBeDisabled();
    await expect(stop).toHaveAttribute('title', 'The server does not answer');
    await expect(page.getByRole('button', { name: 'New file', exact: true })).toBeDisabled();
    await page.getByTitle('Project', { exact: true }).click();
    await expect(page.getByRole('menu').getByText('The server does not answer')).toBeVisible();
    await expect(page.getByRole('menuitem', { name: 'New project' })).toBeDisabled();
    await page.keyboard.press('Escape');
    await product.api.start();
    await expect(page.getByText('Offline.')).toBeHidden({ timeout: 30_000 });
    await expect(output(page)).toContainText('the end', { timeout: 30_000 });
    await output(page).press('Home');
    await expect(output(page)).toContainText('count 0');
    await expect(page.getByText(/^succeeded, /).first()).toBeVisible();
  },
);
