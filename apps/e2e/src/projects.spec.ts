import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@mle/testing';
import type { Page } from '@playwright/test';
import { expect, FULL, logIn, removeProjects, test } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));
// Other tests begin with the sample project.
test.afterAll(({ product }) => removeProjects(product));

const project = (page: Page) => page.getByTitle('Project', { exact: true });
const file = (page: Page, name: string) => page.getByRole('treeitem', { name, exact: true });
async function choose(page: Page, item: string): Promise<void> {
  await project(page).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

test('a project is made, renamed, duplicated, opened and deleted', { tag: FULL }, async ({ page }) => {
  await choose(page, 'New project');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByText('Give a name.')).toBeVisible();
  await page.getByRole('textbox', { name: /^Name/ }).fill('first steps');
  await page.keyboard.press('Enter');
  await expect(project(page)).toHaveText('first steps');
  await expect(page.getByText('No files yet')).toBeVisible();

  await choose(page, 'Rename');
  await page.getByRole('textbox', { name: 'Name' }).fill('second steps');
  await page.keyboard.press('Enter');
  await expect(project(page)).toHaveText('second steps');

  await page.getByRole('button', { name: 'New file', exact: true }).first().click();
  await page.getByLabel('Name of the new file').fill('only.py');
  await page.keyboard.press('Enter');
  await choose(page, 'Duplicate');
  await page.getByRole('dialog').getByRole('button', { name: 'Duplicate' }).click();
  await expect(project(page)).toHaveText('second steps copy');
  await expect(file(page, 'only.py')).toBeVisible();

  await choose(page, 'Delete');
  const question = page.getByRole('dialog', { name: 'Delete second steps copy?' });
  await expect(question.getByRole('button', { name: 'Keep' })).toBeFocused();
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(question).toBeHidden();
  await choose(page, 'First training');
  await expect(file(page, 'train.py')).toBeVisible();
  await project(page).click();
  await expect(page.getByRole('menuitem', { name: 'second steps', exact: true })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'second steps copy' })).toHaveCount(0);
});

test('one of many projects is found by a part of its name', { tag: FULL }, async ({ page, product }) => {
  for (const name of ['spirals', 'moons', 'digits', 'words', 'prices', 'wine', 'iris', 'sound'])
    await product.client.createProject(name);
  await project(page).click();
  await page.getByRole('menuitem', { name: /^Find among \d+ projects/ }).click();
  await page.getByRole('combobox', { name: 'Find a project' }).fill('s');
  await page.keyboard.press('ArrowDown');
  await page.getByRole('combobox', { name: 'Find a project' }).fill('iri');
  await expect(page.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(project(page)).toHaveText('iris');
});

test('a project comes from an example, from git, and as a zip, and goes as a zip', async ({ page }) => {
  await choose(page, 'New project');
  await page.getByRole('button', { name: 'Example' }).click();
  await page.getByRole('radio', { name: /^Spirals/ }).check();
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(project(page)).toHaveText('Spirals');

  const folder = mkdtempSync(join(tmpdir(), 'mle-repository-'));
  const port = await freePort();
  const daemon = spawn(
    'git',
    ['daemon', `--base-path=${folder}`, '--export-all', '--listen=127.0.0.1', `--port=${port}`],
    { stdio: 'ignore', detached: true },
  );
  try {
    repository(join(folder, 'nets.git'));
    await expect.poll(() => answers(port)).toBe(true);
    await choose(page, 'Clone from git');
    const address = page.getByLabel('Address of the repository');
    await address.fill(`git://127.0.0.1:${port}/missing.git`);
    await page.getByRole('button', { name: 'Clone' }).click();
    await expect(page.getByRole('alert')).toContainText(/no repository|not open to everyone/);
    await address.fill(`git://127.0.0.1:${port}/nets.git`);
    await page.getByRole('button', { name: 'Clone' }).click();
    await expect(project(page)).toHaveText('nets');
    await expect(file(page, 'main.py')).toBeVisible();
  } finally {
    if (daemon.pid) process.kill(-daemon.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }

  await project(page).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Download zip' }).click();
  const zip = await readFile(await (await download).path());
  await choose(page, 'Upload zip');
  await page
    .getByTestId('zip')
    .setInputFiles({ name: 'nets again.zip', mimeType: 'application/zip', buffer: Buffer.from('no zip') });
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('This is no zip that can be read');
  await page.getByTestId('zip').setInputFiles({ name: 'nets again.zip', mimeType: 'application/zip', buffer: zip });
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(project(page)).toHaveText('nets again');
  await expect(file(page, 'main.py')).toBeVisible();
});

function repository(path: string): void {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'main.py'), 'print(1)\n');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', path, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      stdio: 'pipe',
      env: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', HOME: path },
    });
  git('init', '--quiet', '--initial-branch=main');
  git('add', 'main.py');
  git('commit', '--quiet', '--message=first');
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() !== undefined));
    socket.on('error', () => resolve(false));
  });
