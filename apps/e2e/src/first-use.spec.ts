import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { install } from '@mle/testing';
import { test as base } from '@playwright/test';
import { expect, output } from './product.js';

base('from the set-up link to the first output in three clicks', async ({ page }) => {
  const product = await install({}, { firstUser: false });
  try {
    const token = (await readFile(join(product.folder, 'data/setup-token'), 'utf8')).trim();
    await page.goto(`${product.url}/setup#token=${token}`);
    await expect(page.getByLabel('Login')).toBeFocused();
    await page.keyboard.type('ada');
    await page.getByLabel(/^Password/).fill('correct horse battery');
    await page.getByRole('button', { name: /^Create the account/ }).click();
    await expect(page.getByRole('treeitem', { name: 'train.py' })).toBeVisible();
    await page.getByRole('button', { name: 'Go on this computer' }).click();
    await expect(output(page)).toContainText(/epoch 1 loss=0\.\d+/);

    await page.goto(`${product.url}/setup#token=${token}`);
    await expect(page).toHaveURL(/\/code\?project=/);
  } finally {
    await product.stop();
  }
});
