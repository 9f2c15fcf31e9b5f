import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_QUOTAS, type MachineView, type PoolView } from '@mle/protocol';
import { LOGIN, PASSWORD, Program, ROOT } from '@mle/testing';
import type { Page } from '@playwright/test';
import { seriousViolations } from './axe.js';
import { expect, FULL, logIn, test } from './product.js';

const row = (page: Page, name: string) =>
  page
    .getByRole('region', { name: 'List of machines' })
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name, exact: true }) });

test('another computer joins by the shown command, and is renamed, labelled, drained, pooled, used and removed', async ({
  page,
  product,
}) => {
  let worker: ChildProcess | null = null;
  try {
    await logIn(page, product);
    await page.getByRole('link', { name: 'Machines' }).click();
    await page.getByRole('button', { name: 'Add a machine' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('MLE_HOST=0.0.0.0');
    const command = dialog.locator('.command code');
    await expect(command).toContainText(`--url ${product.url} `);
    const address = dialog.getByLabel('Address of this server in the command');
    // A computer without a network has one address only.
    for (const [at, option] of (await address.getByRole('option').all()).entries()) {
      const url = (await option.getAttribute('value')) ?? '';
      await address.selectOption(url);
      await expect(command).toContainText(`${url}/worker/install.sh`);
      expect(url === product.url).toBe(at === 0);
    }
    if (await address.isVisible()) await address.selectOption(product.url);
    const home = await mkdtemp(join(product.folder, 'home-'));
    worker = spawn('sh', ['-c', (await command.textContent()) ?? ''], {
      cwd: home,
      detached: true,
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], HOME: home },
    });
    await expect(dialog).toContainText(`${hostname()} is here.`, { timeout: 30_000 });
    await dialog.getByRole('button', { name: 'Show it' }).click();
    await expect(page).toHaveURL(/machines\?machine=[0-9a-f]{24}$/);

    await page.getByRole('button', { name: `Rename ${hostname()}` }).click();
    await page.getByLabel('Name of the machine').fill('lab-2');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'lab-2' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Rename lab-2' })).toBeFocused();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('heading', { name: hostname() })).toBeVisible();
    await page.getByRole('button', { name: `Rename ${hostname()}` }).click();
    await page.getByLabel('Name of the machine').fill('lab-2');
    await page.keyboard.press('Enter');
    await expect(row(page, 'lab-2')).toContainText('free');

    await page.getByRole('button', { name: 'Configuration' }).click();
    await page.getByLabel('New label').fill('two words');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText('Use letters');
    await page.getByLabel('New label').fill('cuda');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Remove the label cuda' })).toBeVisible();
    await page.getByLabel('Slots').fill('65');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('alert')).toContainText('from 1 to 64');
    await page.getByLabel('Slots').fill('2');
    await page.keyboard.press('Tab');
    await expect(row(page, 'lab-2')).toContainText('0 of 2');
    await page.getByLabel('Lost after').fill('90');
    await page.keyboard.press('Tab');
    const takesRuns = page.getByRole('switch', { name: 'Take new runs' });
    await takesRuns.click();
    await expect(row(page, 'lab-2')).toContainText('draining');
    await takesRuns.click();
    await expect(row(page, 'lab-2')).toContainText('free');
    await expect(takesRuns).toBeChecked();
    const stored = async () =>
      (await product.client.json<{ items: MachineView[] }>('GET', 'machines')).items.find(
        ({ name }) => name === 'lab-2',
      );
    // The page shows it before the server has it.
    await expect.poll(stored).toMatchObject({ labels: ['cuda'], slots: 2, lostAfterSeconds: 90, draining: false });
    // The loads of some heartbeats make a curve.
    await expect(
      row(page, 'lab-2')
        .getByRole('img', { name: /^CPU \d+ %/ })
        .locator('path')
        .first(),
    ).toBeAttached();

    await page.getByRole('link', { name: 'Pools' }).click();
    await expect(page.getByText('the first of them that is free')).toBeVisible();
    await page.getByRole('button', { name: 'Make a pool' }).click();
    await page.getByLabel('Name, such as gpu').fill('gpus');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Rename gpus' }).click();
    await page.getByLabel('Name of the pool').fill('gpu');
    await page.keyboard.press('Enter');
    // News of the new pool may come between the click and the answer to it: the box is right in the end.
    await page.getByRole('group', { name: 'Machines of gpu' }).getByLabel('lab-2').click();
    await expect(page.getByRole('group', { name: 'Machines of gpu' }).getByLabel('lab-2')).toBeChecked();
    await expect(page.getByText('1 machine, 2 of 2 slots free')).toBeVisible();
    const gpu = async () =>
      (await product.client.json<{ items: PoolView[] }>('GET', 'pools')).items.find(({ name }) => name === 'gpu');
    const machine = await stored();
    await expect.poll(async () => (await gpu())?.machineIds).toEqual([machine?.id]);
    const pool = await gpu();

    const project = await product.client.createProject('pooled');
    await product.client.putFile(project.id, 'both.sh', 'echo out; echo err >&2; sleep 60');
    const run = await product.client.startRun({
      projectId: project.id,
      file: 'both.sh',
      target: { poolId: pool?.id ?? '' },
    });
    await page.getByRole('main').getByRole('link', { name: 'Machines', exact: true }).click();
    await expect(row(page, 'lab-2')).toContainText('busy');
    await expect(row(page, 'lab-2').getByRole('link', { name: 'both.sh' })).toHaveAttribute('href', `/runs/${run.id}`);
    await expect(row(page, 'lab-2')).toContainText('1 of 2');
    await page.getByRole('button', { name: 'this computer', exact: true }).focus();
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('button', { name: 'lab-2', exact: true })).toBeFocused();
    await expect(page.getByRole('button', { name: 'lab-2', exact: true })).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('region', { name: /^stdout of run/ })).toContainText('out');
    await expect(page.getByRole('region', { name: /^stderr of run/ })).toContainText('err');

    await page.getByRole('button', { name: 'Configuration' }).click();
    await page.getByRole('button', { name: 'Remove the machine' }).click();
    await expect(dialog).toContainText(/its labels, its place in 1 pool and its settings are lost.*output stay/);
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(dialog.getByRole('alert')).toContainText('still has an active run');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await product.client.stopRun(run.id);
    await product.client.ended(run.id);
    await page.getByRole('button', { name: 'Remove the machine' }).click();
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(dialog).toHaveCount(0);
    await expect(row(page, 'lab-2')).toHaveCount(0);
    await expect(page.getByRole('heading', { name: 'this computer' })).toBeVisible();
    await page.getByRole('link', { name: 'Pools' }).click();
    await page.getByRole('button', { name: 'Remove gpu' }).click();
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'No pool yet' })).toBeVisible();
  } finally {
    if (worker?.pid !== undefined && worker.exitCode === null) process.kill(-worker.pid, 'SIGTERM');
  }
});

test(
  'the server dials a worker that listens; what is wrong stands under its field',
  { tag: FULL },
  async ({ page, product }) => {
    const worker = new Program({
      command: process.execPath,
      args: [
        join(ROOT, 'dist/apps/worker/worker.mjs'),
        '--listen',
        '0',
        '--listen-host',
        '127.0.0.1',
        '--data',
        join(product.folder, 'listening'),
        '--name',
        'behind a wall',
      ],
      ready: /token\s+in the file/,
    });
    try {
      await worker.start();
      const said = (name: string) =>
        new RegExp(`^ +${name} +(?:in the file )?(\\S+)`, 'm').exec(worker.output)?.[1] ?? '';
      const token = (await readFile(said('token'), 'utf8')).trim();
      await logIn(page, product);
      await page.goto(`${product.url}/machines`);
      // The words of the worker lead to the form.
      const choice = /choose "(.+?)"/.exec(worker.output)?.[1] ?? '';
      await page.getByRole('button', { name: choice, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Address').fill('192.168.1.20');
      await dialog.getByLabel('Fingerprint').fill('ab:cd');
      await dialog.getByLabel('Token').fill(token.replace(/^./, (first) => (first === 'x' ? 'y' : 'x')));
      await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
      await expect(dialog.locator('label').filter({ hasText: 'Address' }).getByRole('alert')).toContainText(
        'such as https://',
      );
      await expect(dialog.locator('label').filter({ hasText: 'Fingerprint' }).getByRole('alert')).toContainText(
        '64 hex digits',
      );
      await dialog.getByLabel('Address').fill(said('address'));
      await dialog.getByLabel('Fingerprint').fill(said('fingerprint'));
      await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
      await expect(dialog.locator('label').filter({ hasText: 'Token' }).getByRole('alert')).toContainText(/token/i);
      await dialog.getByLabel('Token').fill(token);
      await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
      await expect(dialog).toContainText('behind a wall is here.', { timeout: 30_000 });
      await dialog.getByRole('button', { name: 'Show it' }).click();
      await worker.kill();
      await expect(row(page, 'behind a wall')).toContainText('offline', { timeout: 20_000 });
      await expect(page.getByText('This server goes on trying.')).toBeVisible();
      await page.getByRole('button', { name: 'Configuration' }).click();
      await page.getByRole('button', { name: 'Remove the machine' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await expect(row(page, 'behind a wall')).toHaveCount(0);
    } finally {
      await worker.kill('SIGTERM');
    }
  },
);

test('a member sees machines and pools, and changes none', { tag: FULL }, async ({ page, product }) => {
  await product.client
    .inBrowser()
    .json('POST', 'users', { login: 'eve', password: 'another long password', role: 'member' });
  await page.goto(`${product.url}/login`);
  await page.getByLabel('Login').fill('eve');
  await page.getByLabel('Password', { exact: true }).fill('another long password');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Machines' }).click();
  await expect(row(page, 'this computer')).toContainText('free');
  await expect(page.getByRole('button', { name: 'Add a machine' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Rename this computer' })).toHaveCount(0);
  await expect(page.getByRole('switch', { name: 'Take new runs' })).toBeDisabled();
  await page.getByRole('button', { name: 'Configuration' }).click();
  await expect(page.getByLabel('Slots')).toBeDisabled();
  await expect(page.getByText('An administrator can change these.')).toBeVisible();
  await page.getByRole('link', { name: 'Pools' }).click();
  await expect(page.getByText('An administrator can make one.')).toBeVisible();
});

test(
  'settings: parts with addresses, a token that is made and deleted, what the browser allows, about',
  { tag: FULL },
  async ({ page, product }) => {
    // The shell of Chromium without a window denies them whatever one grants.
    await page.addInitScript(() => Object.defineProperty(Notification, 'permission', { get: () => 'granted' }));
    await logIn(page, product);
    await page.goto(`${product.url}/settings#about`);
    await expect(page.getByRole('heading', { name: 'About' })).toBeInViewport();
    await expect(page.getByRole('link', { name: 'About' })).toHaveAttribute('aria-current', 'true');
    for (const name of ['REST interface', 'Licences']) {
      const href = (await page.getByRole('link', { name }).getAttribute('href')) ?? '';
      expect((await page.request.get(product.url + href)).ok(), href).toBe(true);
    }
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Notifications' }).click();
    await expect(page).toHaveURL(/#notifications$/);
    await expect(page.getByText('This browser shows them.')).toBeVisible();
    await expect(page.getByText('Ctrl Enter', { exact: true })).toBeVisible();
    await page.getByRole('textbox', { name: 'Login' }).fill('bob');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Add a user' }).click();
    await expect(page.getByRole('alert')).toHaveText('Use a password of at least 8 characters.');
    await page.getByLabel('Name of the new token').fill('ci');
    await page.getByLabel('What the new token may do').selectOption('read only');
    await page.getByLabel('How long the new token is good').selectOption('30 days');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await expect(page.getByText(/read only, made just now, never used/)).toBeVisible();
    const end = new Date(Date.now() + 30 * 86_400_000).toLocaleDateString('en-US', { dateStyle: 'medium' });
    await expect(page.getByText(`expires ${end}`)).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: 'logged in' })).toContainText('this browser');
    const token = (await page.locator('code.value').textContent()) ?? '';
    const asked = () => fetch(`${product.url}/api/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } });
    expect((await asked()).status).toBe(200);
    await page.getByRole('button', { name: 'Delete the token ci' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    // While it is open, the page behind it is hidden from roles.
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Delete the token ci' })).toHaveCount(0);
    expect((await asked()).status).toBe(401);
    await expect(page.getByText(/You keep \d+ of 1,000 projects, .* of 500 GB\./)).toBeVisible();
    await page.getByLabel('Projects of each user').fill('0');
    await page.getByRole('button', { name: 'Save what users may keep' }).click();
    await expect(page.getByRole('alert').last()).toContainText('1');
    await page.getByLabel('Projects of each user').fill('7');
    await page.getByLabel('Keep so many GB of runs').fill('2.5');
    await page.getByRole('button', { name: 'Save what users may keep' }).click();
    await expect(page.getByText('Saved')).toBeVisible();
    expect((await product.client.get('settings/quotas')).body).toMatchObject({ projects: 7, keepRunBytes: 2.5e9 });
    expect((await product.client.put('settings/quotas', DEFAULT_QUOTAS)).status).toBe(200);
    await page.getByRole('radio', { name: 'Dark' }).check();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    // On a phone the parts are a row that scrolls along.
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${product.url}/settings#keys`);
    await expect(
      page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Shortcuts' }),
    ).toBeInViewport();
    await page.getByRole('button', { name: 'Log out everywhere' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Log out everywhere' }).click();
    await expect(page).toHaveURL(/\/login/);
    expect((await product.client.inBrowser().get('auth/me')).status).toBe(401);
    await product.client.login(LOGIN, PASSWORD);
  },
);

test(
  'configuration, pools and dialogs are accessible in both themes and fit a phone',
  { tag: FULL },
  async ({ page, product }) => {
    await logIn(page, product);
    const pool = await product.client.json<PoolView>('POST', 'pools', { name: 'lab' });
    await page.setViewportSize({ width: 390, height: 844 });
    const check = async (what: string) => {
      expect(await seriousViolations(page), what).toEqual([]);
      expect(
        await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
        `${what} scrolls sideways`,
      ).toBe(true);
    };
    await page.goto(`${product.url}/machines`);
    await page.getByRole('button', { name: 'Configuration' }).click();
    await check('configuration');
    for (const way of ['Add a machine', 'Connect to one']) {
      await page.getByRole('button', { name: way }).click();
      await expect(page.getByRole('dialog').locator('code').first()).toBeVisible();
      await check(way);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
    await page.goto(`${product.url}/machines?view=pools`);
    await expect(page.getByRole('heading', { name: 'lab' })).toBeVisible();
    await check('pools');
    await product.client.json('DELETE', `pools/${pool.id}`);
  },
);
