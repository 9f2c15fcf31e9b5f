import type { Page } from '@playwright/test';
import { expect, FULL, logIn, openProject, removeProjects, test } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));
// Other tests begin with the sample project.
test.afterAll(({ product }) => removeProjects(product));

const project = (page: Page) => page.getByTitle('Project', { exact: true });
const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });
const lines = (count: number) => Array.from({ length: count }, (_, n) => `x${n} = ${n}\n`).join('');

test('the address keeps project, file and line: reload, Back and a second window', async ({ page, product }) => {
  const id = await openProject(page, product, 'addresses', { 'train.py': lines(40), 'net.py': lines(40) });
  await expect(page).toHaveURL(new RegExp(`/code\\?project=${id}&file=train.py$`));
  await page.getByRole('treeitem', { name: 'net.py' }).click();
  await expect(page).toHaveURL(/file=net\.py$/);
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+Home');
  for (let row = 1; row < 12; row++) await page.keyboard.press('ArrowDown');
  await expect(page).toHaveURL(/file=net\.py&line=12$/);

  // The other window opens the sample project and goes on; this one stays with its own.
  const other = await page.context().newPage();
  await other.goto(product.url);
  await project(other).click();
  await other.getByRole('menuitem', { name: 'First training', exact: true }).click();
  await expect(project(other)).toHaveText('First training');
  await expect(other).not.toHaveURL(new RegExp(id));

  await page.reload();
  await expect(project(page)).toHaveText('addresses');
  await expect(tab(page, 'net.py')).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText('Ln 12, Col 1')).toBeVisible();
  await expect(tab(page, 'train.py')).toBeVisible();

  // Also on pages that name no project.
  await page.goto(`${product.url}/settings`);
  await expect(project(page)).toHaveText('addresses');
  await page.goBack();
  await expect(page.getByText('Ln 12, Col 1')).toBeVisible();
  await page.goBack();
  await expect(tab(page, 'train.py')).toHaveAttribute('aria-selected', 'true');

  // A link leads another window to the same place.
  await other.goto(`${product.url}/code?project=${id}&file=train.py&line=30`);
  await expect(project(other)).toHaveText('addresses');
  await expect(other.getByText('Ln 30, Col 1')).toBeVisible();
  await other.goBack();
  await expect(project(other)).toHaveText('First training');
  await other.close();
});

test('an address of a project that is not there says so', { tag: FULL }, async ({ page, product }) => {
  const address = `${product.url}/runs?project=${'0'.repeat(24)}`;
  await page.goto(address);
  await expect(page.getByRole('heading', { name: 'There is no such project' })).toBeVisible();
  await expect(page).toHaveURL(address);
  await page.getByRole('main').getByRole('link', { name: 'Runs' }).click();
  await expect(page).toHaveURL(/\/runs\?project=[0-9a-f]{24}$/);
  await expect(page.getByRole('heading', { name: 'Runs' })).toBeVisible();
});

test('another project is one step of Back', { tag: FULL }, async ({ page, product }) => {
  await openProject(page, product, 'first of two', { 'one.py': 'x = 1\n' });
  await expect(page).toHaveURL(/file=one\.py/);
  await openProject(page, product, 'second of two', { 'two.py': 'x = 2\n' });
  await expect(page).toHaveURL(/file=two\.py/);
  await page.goBack();
  await expect(project(page)).toHaveText('first of two');
  await expect(tab(page, 'one.py')).toHaveAttribute('aria-selected', 'true');
  await page.goForward();
  await expect(tab(page, 'two.py')).toHaveAttribute('aria-selected', 'true');
});
