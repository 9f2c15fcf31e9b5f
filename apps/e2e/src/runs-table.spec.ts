import { expect, logIn, openProject, removeProjects, test } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));
// Other tests begin with the sample project.
test.afterAll(({ product }) => removeProjects(product));

test('the list of runs is sorted, filtered and grouped by a knob, and its address keeps that', async ({
  page,
  product,
}) => {
  const id = await openProject(page, product, 'table', {
    'train.py': 'rate = 1\nfor step in range(3):\n    print("#loss", step, abs(rate - 2) + step / 100)\n',
  });
  for (const rate of [1, 2, 9])
    await product.client.ended(
      (await product.client.startRun({ projectId: id, file: 'train.py', params: { rate } })).id,
    );
  await page.goto(`${product.url}/runs?project=${id}`);
  const numbers = page.locator('tbody .c-run a .faint');
  await expect(numbers).toHaveText(['#3', '#2', '#1']);

  // The better ones come first, and the best of those shown is strong.
  await page.getByRole('button', { name: 'loss, best' }).click();
  await expect(page).toHaveURL(/sort=metrics\.loss\.best/);
  await expect(numbers).toHaveText(['#2', '#1', '#3']);
  await expect(page.locator('td.c-best.strong')).toHaveText('0');
  await expect(page.locator('td.c-last .curve path')).toHaveCount(3);
  await page.getByRole('button', { name: 'rate', exact: true }).click();
  await page.getByRole('button', { name: 'rate', exact: true }).click();
  await expect(page).toHaveURL(/sort=-knobs\.rate/);
  await expect(numbers).toHaveText(['#3', '#2', '#1']);
  await expect(page.getByRole('columnheader', { name: 'rate' })).toHaveAttribute('aria-sort', 'descending');
  await page.reload();
  await expect(numbers).toHaveText(['#3', '#2', '#1']);

  await page.getByLabel('Group by').selectOption('rate');
  const groups = page.getByRole('region', { name: 'Groups of runs' });
  await expect(groups.getByRole('row', { name: /^2 1 run, 1 seed/ })).toContainText('one seed: no range');
  await expect(groups).not.toContainText('differ in');
  await groups.getByRole('button', { name: '9' }).click();
  await expect(page).toHaveURL(/knob\.rate=9/);
  await expect(numbers).toHaveText(['#3']);
  await page.getByRole('button', { name: /^rate 9/ }).click();
  await expect(numbers).toHaveCount(3);
  await page.getByRole('button', { name: 'Knob', exact: true }).click();
  await page.getByRole('menuitem', { name: 'rate' }).click();
  await page.getByRole('menuitem', { name: '2', exact: true }).click();
  await expect(numbers).toHaveText(['#2']);
  await page.getByRole('button', { name: /^rate 2/ }).click();
  await page.getByRole('button', { name: 'State', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Failed' }).click();
  await expect(page).toHaveURL(/state=failed/);
  await page.getByRole('button', { name: /^State Failed/ }).click();
  await expect(numbers).toHaveCount(3);

  // With Shift all rows between.
  await page.getByRole('checkbox', { name: 'Select run 3' }).click();
  await page.getByRole('checkbox', { name: 'Select run 1' }).click({ modifiers: ['Shift'] });
  const selected = page.getByRole('toolbar', { name: 'Selected runs' });
  await expect(selected).toContainText('3 selected');
  await page.keyboard.press('t');
  await page.getByRole('textbox', { name: 'Tag' }).fill('tried');
  await page.keyboard.press('Enter');
  await expect(page.locator('.c-tags .chip')).toHaveText(['tried', 'tried', 'tried']);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  expect((await download).suggestedFilename()).toBe('runs.csv');
  await selected.getByRole('link', { name: 'Compare' }).click();
  await expect(page).toHaveURL(/\/compare\?runs=/);
});
