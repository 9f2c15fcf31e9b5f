import type { Page } from '@playwright/test';
import { expect, FULL, logIn, openProject, output, test, writeFile } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));

const saved = (page: Page) => expect(page.getByRole('status').filter({ hasText: /^\s*Saved\s*$/ })).toBeVisible();

test('two browsers: a change follows, and a change on both sides is a choice that fits a phone', async ({
  page,
  browser,
  product,
}) => {
  await writeFile(page, 'shared.py', 'first = 1\n');
  await page.keyboard.press('Control+s');
  await saved(page);
  const context = await browser.newContext({ storageState: await page.context().storageState() });
  const other = await context.newPage();
  await other.goto(product.url);
  await other.getByRole('treeitem', { name: 'shared.py' }).click();
  await expect(other.locator('.cm-content')).toContainText('first = 1');

  await page.keyboard.insertText('second = 2\n');
  await page.keyboard.press('Control+s');
  await expect(other.locator('.cm-content')).toContainText('second = 2');

  await other.locator('.cm-content').click();
  await other.keyboard.press('Control+Home');
  await other.keyboard.insertText('theirs = 3\n');
  await page.keyboard.insertText('mine = 4\n');
  await other.keyboard.press('Control+s');
  await saved(other);
  await page.keyboard.press('Control+s');
  const choice = page.getByRole('alert').filter({ hasText: 'was changed elsewhere' });
  await expect(choice).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  // The sentence takes the width; the tab of the open file is in sight.
  expect((await choice.locator('p').boundingBox())?.width).toBeGreaterThan(280);
  await expect(page.getByRole('tab', { name: 'shared.py' })).toBeInViewport();
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await saved(page);
  await expect(other.locator('.cm-content')).toContainText('mine = 4');
  await context.close();
});

test('says in words why a file cannot be run', { tag: FULL }, async ({ page, product }) => {
  await openProject(page, product, 'No program', { 'README.md': '# Words' });
  await page.getByRole('treeitem', { name: 'README.md' }).click();
  await expect(
    page.getByText('README.md is of no kind that can be run. Open a .py, .js, .ts or .sh file.'),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Go on this computer' })).toBeDisabled();
});

test(
  'draws a progress bar as one line, and keeps the end of a hundred thousand lines',
  { tag: FULL },
  async ({ page }) => {
    await writeFile(
      page,
      'long.py',
      'for i in range(100000):\n    print("line", i)\nfor i in range(101):\n    print("\\r%d of 100" % i, end="", flush=True)\nprint("\\nthe end")\n',
    );
    await page.keyboard.press('Control+Enter');
    await expect(output(page)).toContainText('the end');
    await expect(output(page)).toContainText('line 99999');
    await expect(output(page).getByText('100 of 100', { exact: true })).toBeVisible();
    await expect(output(page).getByText(/^\d of 100$/)).toHaveCount(0);
  },
);
