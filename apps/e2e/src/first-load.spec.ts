import type { Page } from '@playwright/test';
import { expect, logIn, test } from './product.js';

/** Names of the scripts that a page asked for, without their hashes. */
async function scriptsOf(page: Page): Promise<string[]> {
  const urls = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  return urls.flatMap((url) => /\/([^/]+)-[a-z0-9]{8}\.js$/.exec(url)?.[1] ?? []);
}

test('a page comes in few scripts, and the form to log in without the others', async ({ page, product }) => {
  await page.goto(`${product.url}/login`);
  await expect(page.getByLabel('Login')).toBeVisible();
  expect((await scriptsOf(page)).sort()).toEqual(['entry', 'main', 'rolldown-runtime', 'start']);

  await logIn(page, product);
  await page.reload();
  // In colours, so that its grammar is there too.
  await expect(page.locator('.cm-line span').first()).toBeVisible();
  const scripts = await scriptsOf(page);
  expect(scripts).toEqual(expect.arrayContaining(['main', 'start', 'work', 'editor']));
  expect(scripts.length).toBeLessThan(16);
});
