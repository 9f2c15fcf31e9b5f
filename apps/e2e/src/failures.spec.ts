import { expect, FULL, logIn, openProject, output, test } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));

test('a failure says its last line, and leads to the line, which is marked until it is edited', async ({
  page,
  product,
}) => {
  await openProject(page, product, 'fails', {
    'train.py': 'import nets\n\nnets.build(2)\n',
    'nets.py': 'def build(size):\n    rows = [0] * size\n    return rows[size]\n',
  });
  await page.getByRole('treeitem', { name: 'train.py' }).click();
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  const foot = page.locator('mle-run-foot');
  await expect(foot.locator('.first')).toHaveText('IndexError: list index out of range');
  await expect(foot).toContainText(/failed, .*, exit 1\. It failed at nets\.py, line 3\./);
  // What is about the failure takes no room of what was printed.
  expect((await foot.boundingBox())?.height).toBeLessThan(60);
  await expect(page.getByText('It failed at')).toContainText('nets.py, line 3');

  await output(page).getByRole('link', { name: 'File "train.py", line 3' }).click();
  await expect(page.getByRole('tab', { name: 'train.py' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('link', { name: 'nets.py, line 3', exact: true }).click();
  await expect(page.getByRole('tab', { name: 'nets.py' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.locator('.cm-activeLine')).toHaveText('    return rows[size]');
  const mark = page.locator('.cm-failedLine');
  await expect(mark).toHaveText('    return rows[size]');
  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await expect(mark).toHaveCount(0);
});

test('a missing module is added to the packages, and the run repeated', { tag: FULL }, async ({ page, product }) => {
  const id = await openProject(page, product, 'misses', { 'train.py': 'import sklearn_of_nobody.svm\n' });
  await page.getByRole('treeitem', { name: 'train.py' }).click();
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  await page.getByRole('button', { name: 'Add sklearn_of_nobody to requirements.txt and run again' }).first().click();
  await expect(page.getByRole('treeitem', { name: 'requirements.txt' })).toBeVisible();
  const file = await product.client.fetch(`projects/${id}/files/requirements.txt`);
  expect(await file.text()).toBe('sklearn_of_nobody\n');
  await expect(page.getByRole('tab', { name: /^preparing|#2/ }).first()).toBeVisible();
});
