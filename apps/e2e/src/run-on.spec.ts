import type { Page } from '@playwright/test';
import type { Page as PageOf, ProjectView } from '@mle/protocol';
import { seriousViolations } from './axe.js';
import { expect, logIn, output, test, writeFile } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));

const machine = (page: Page) => page.getByRole('list', { name: 'Machines' }).getByRole('listitem');
const LONG = 'import time\nprint("started", flush=True)\ntime.sleep(600)\n';

test('keys start and stop; a machine with free slots keeps Go, and each run has its own Stop', async ({ page, product }) => {
  const { id } = await product.client.machine();
  await writeFile(page, 'long.py', LONG);
  await page.keyboard.press('Control+Enter');
  await expect(output(page)).toContainText('started');
  await expect(page.getByRole('button', { name: 'Go on this computer' })).toHaveCount(0);
  await page.keyboard.press('Control+Shift+Enter');
  await expect(page.getByText(/^stopped/).first()).toBeVisible();

  await product.client.json('PATCH', `machines/${id}`, { slots: 2 });
  await expect(machine(page)).toContainText('2 of 2 free');
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  await expect(machine(page)).toContainText('1 of 2 free');
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  await expect(machine(page).getByRole('button', { name: /^Stop run/ })).toHaveCount(2);
  await expect(page.getByRole('button', { name: 'Go on this computer' })).toBeDisabled();
  await machine(page).getByRole('button', { name: /^Stop run/ }).first().click();
  await expect(page.getByRole('button', { name: 'Go on this computer' })).toBeEnabled();
  await machine(page).getByRole('button', { name: /^Stop run/ }).click();
  await expect(machine(page)).toContainText('2 of 2 free');
  await product.client.json('PATCH', `machines/${id}`, { slots: 1 });
});

test('a pool takes a run, gives it to its free machine, and shows why others wait', async ({ page, product }) => {
  const { id: machineId } = await product.client.machine();
  const pool = await product.client.json<{ id: string }>('POST', 'pools', { name: 'lab', machineIds: [machineId] });
  await writeFile(page, 'pooled.py', LONG);
  const lab = page.getByRole('list', { name: 'Pools' }).getByRole('listitem');
  await expect(lab).toContainText('1 of 1 free');
  await lab.getByRole('button', { name: 'Go on lab' }).click();
  await expect(output(page)).toContainText('started');
  await expect(lab).toContainText('0 of 1 free, would wait');
  await page.keyboard.press('Control+Enter');
  const waiting = lab.getByRole('button', { name: /^Stop run \d+ in lab/ });
  await expect(waiting).toBeVisible();
  await waiting.click();
  await expect(waiting).toHaveCount(0);
  await machine(page).getByRole('button', { name: /^Stop run/ }).click();
  await expect(lab).toContainText('1 of 1 free');
  await product.client.json('DELETE', `pools/${pool.id}`);
  await expect(page.getByRole('list', { name: 'Pools' })).toHaveCount(0);
});

test('run options reach the program, are checked, and stay for the next visit', async ({ page, context }) => {
  await writeFile(page, 'options.py', 'import os, sys\nprint(sys.argv[1:], os.environ["MLE_PARAM_LR"], os.environ["MLE_SEED"], os.environ["GREETING"])\n');
  await page.getByRole('button', { name: /^Run options/ }).click();
  await page.getByLabel('Arguments').fill('--name "two words"');
  await page.getByLabel(/^Parameters/).fill('lr=0.5');
  await page.getByLabel('Seed').fill('x');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('The run options have a mistake. Correct it first.')).toBeVisible();
  await page.getByLabel('Seed').fill('7');
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByLabel(/^Environment/).fill('GREETING=hello = there');
  await page.getByLabel('Tags').fill('tried');
  await page.keyboard.press('Control+Enter');
  await expect(output(page)).toContainText("['--name', 'two words'] 0.5 7 hello = there");

  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'More of running' }).click();
  await page.getByRole('menuitem', { name: 'Copy Go as curl' }).click();
  await expect(page.getByText(/^Copied\./)).toBeVisible();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toMatch(/^curl -H "Authorization: Bearer \$MLE_TOKEN" .*"file":"options\.py".*"params":\{"lr":0\.5\}/);

  await page.reload();
  await expect(page.getByRole('button', { name: /^Run options/ })).toContainText('arguments, 1 parameter, seed 7');
});

test('a project’s own command runs a file of any kind', async ({ page, product }) => {
  await page.getByTitle('Project', { exact: true }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByLabel('Command').fill('cat {file');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('{{ or }} for a brace');
  await page.getByLabel('Command').fill('wc -l {file}');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('treeitem', { name: 'README.md' }).click();
  await page.keyboard.press('Control+Enter');
  await expect(output(page)).toContainText(/\d+ README\.md/);
  const { items } = await product.client.json<PageOf<ProjectView>>('GET', 'projects');
  for (const { id, settings } of items) if (settings.command) await product.client.json('PATCH', `projects/${id}`, { settings: { command: null } });
});

test('from the log-in to the output by keys alone', async ({ product, browser }) => {
  const fresh = await browser.newPage();
  await fresh.goto(`${product.url}/login`);
  await expect(fresh.getByLabel('Login')).toBeFocused();
  await fresh.keyboard.type('ada');
  await fresh.keyboard.press('Tab');
  await fresh.keyboard.type('correct horse battery');
  await fresh.keyboard.press('Enter');
  await expect(fresh.getByRole('treeitem', { name: 'train.py' })).toBeVisible();
  for (let i = 0; i < 6 && !(await fresh.getByRole('treeitem').first().evaluate((item) => item.closest('[role=tree]')?.contains(document.activeElement))); i++) await fresh.keyboard.press('F6');
  await fresh.keyboard.press('End');
  await expect(fresh.getByRole('treeitem').last()).toBeFocused();
  await fresh.keyboard.press('r');
  await fresh.keyboard.press('t');
  await expect(fresh.getByRole('treeitem', { name: 'train.py' })).toBeFocused();
  await fresh.keyboard.press('Enter');
  await expect(fresh.locator('.cm-content')).toBeFocused();
  await fresh.keyboard.press('F6');
  await fresh.keyboard.press('F6');
  await expect(fresh.getByRole('button', { name: 'Go on this computer' })).toBeFocused();
  await fresh.keyboard.press('Enter');
  await expect(output(fresh)).toContainText(/epoch 1 loss=/);
  await fresh.keyboard.press('Control+Shift+Enter');
  await expect(fresh.getByText(/^stopped/).first()).toBeVisible();
  await fresh.close();
});

for (const theme of ['light', 'dark'] as const) {
  test(`menus, dialogs and the open options are accessible, ${theme}`, async ({ page, product }) => {
    const { id: machineId } = await product.client.machine();
    const pool = await product.client.json<{ id: string }>('POST', 'pools', { name: `lab ${theme}`, machineIds: [machineId] });
    await page.emulateMedia({ colorScheme: theme });
    await page.getByRole('button', { name: /^Run options/ }).click();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await expect(page.getByRole('button', { name: `Go on lab ${theme}` })).toBeVisible();
    await page.getByLabel('GPUs, in a pool').fill('x');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('GPUs, in a pool').fill('');
    await page.getByTitle('Project', { exact: true }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('menuitem', { name: 'New project' }).click();
    for (const start of ['Example', 'Git repository', 'Zip file']) {
      await page.getByRole('button', { name: start }).click();
      expect(await seriousViolations(page), start).toEqual([]);
    }
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.getByRole('button', { name: 'More of running' }).click();
    await page.getByRole('menuitem', { name: 'Project settings' }).click();
    await expect(page.getByLabel('Docker image')).toBeVisible();
    expect(await seriousViolations(page)).toEqual([]);
    await product.client.json('DELETE', `pools/${pool.id}`);
  });
}
