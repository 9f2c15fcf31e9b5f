import type { Page } from '@playwright/test';
import { expect, FULL, logIn, output, test, writeFile } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));

const go = (page: Page) => page.getByRole('button', { name: 'Go on this computer' });
const stop = (page: Page) => page.getByRole('button', { name: /^Stop run \d+ on this computer$/ });

test('saves, runs and shows hello world', async ({ page }) => {
  await writeFile(page, 'run.py', 'print("hello world")\n');
  await go(page).click();
  await expect(output(page)).toContainText('Running run.py');
  await expect(output(page)).toContainText('hello world');
  await expect(page.getByText(/^succeeded, \d+\.\d s/).first()).toBeVisible();
});

test('shows each line as it comes, and stops as Ctrl-C does', async ({ page }) => {
  await writeFile(
    page,
    'ticks.py',
    'import time\nfor i in range(600):\n    print("tick", i, flush=True)\n    time.sleep(0.1)\n',
  );
  await go(page).click();
  await expect(output(page)).toContainText('tick 3');
  const early = await output(page).innerText();
  expect(early).not.toContain('tick 60');
  await expect(output(page)).toContainText('tick 20');
  await stop(page).click();
  await expect(output(page)).toContainText('KeyboardInterrupt');
  await expect(page.getByText(/^stopped/).first()).toBeVisible();
  await expect(go(page)).toBeEnabled();
});

test('shows the traceback and the exit code of a script that fails', { tag: FULL }, async ({ page }) => {
  await writeFile(page, 'bad.py', 'raise ValueError("no luck")\n');
  await go(page).click();
  await expect(output(page)).toContainText('ValueError: no luck');
  await expect(page.getByText(/^failed, .*exit 1/).first()).toBeVisible();
});

test('shows output as text, never as HTML, and colours by ANSI codes', { tag: FULL }, async ({ page }) => {
  await writeFile(page, 'html.py', 'print("<b>bold</b><img src=x onerror=alert(1)>")\nprint("\\x1b[31mred\\x1b[0m")\n');
  await go(page).click();
  await expect(output(page)).toContainText('<b>bold</b><img src=x onerror=alert(1)>');
  expect(await output(page).locator('b, img').count()).toBe(0);
  await expect(output(page).getByText('red', { exact: true })).toHaveCSS('color', 'rgb(187, 35, 48)');
});

test('keeps the output of an earlier run when the page is loaded again', { tag: FULL }, async ({ page }) => {
  await writeFile(page, 'again.py', 'print("still here")\n');
  await go(page).click();
  await expect(output(page)).toContainText('still here');
  await page.reload();
  await expect(output(page)).toContainText('still here');
});

interface Told {
  title: string;
  body: string;
  onclick: (() => void) | null;
}

/** In the page: notifications are noted, those of a headless browser nobody sees. */
function noteNotifications(): void {
  const told: Told[] = [];
  const noted = Object.assign(
    function (title: string, { body = '' }: NotificationOptions): Told {
      const one = { title, body, onclick: null, close: () => undefined };
      told.push(one);
      return one;
    },
    { permission: 'default' },
  );
  Object.assign(noted, { requestPermission: () => Promise.resolve((noted.permission = 'granted')) });
  Object.assign(window, { told, Notification: noted });
}

const toldOf = (page: Page) =>
  page.evaluate(() =>
    ((window as Window & { told?: Told[] }).told ?? []).map(({ title, body }) => `${title}: ${body}`),
  );

test(
  'asks while a run takes a while, and tells of its end while one looks elsewhere',
  { tag: FULL },
  async ({ page, product }) => {
    await page.addInitScript(noteNotifications);
    await page.goto(`${product.url}/settings#notifications`);
    await page.getByLabel('Length of the run').selectOption('any length');
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Code' }).click();
    await writeFile(page, 'long.py', 'import time\nprint("started", flush=True)\ntime.sleep(600)\n');
    await go(page).click();
    await expect(output(page)).toContainText('started');
    await expect(page).toHaveTitle(/^\(1\) long\.py/);
    await page
      .getByText(/^Run \d+ takes a while\. A notification can tell you/)
      .locator('..')
      .getByRole('button', { name: 'Tell me' })
      .click();
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    });
    // By a program, since the page is not looked at.
    const [active] = (
      await product.client.json<{ items: { id: string; number: number }[] }>('GET', 'runs?state=running')
    ).items;
    await product.client.json('POST', `runs/${active?.id}/stop`);
    await expect
      .poll(() => toldOf(page))
      .toEqual([expect.stringMatching(`^Run ${active?.number} stopped: long\\.py after `)]);
    await expect(page).toHaveTitle(/^✓1 long\.py/);
    await page.evaluate(() => (window as Window & { told?: Told[] }).told?.[0]?.onclick?.());
    await expect(page).toHaveURL(new RegExp(`/runs/${active?.id}`));
  },
);
