import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIRST_USER, freePort, launcherProgram, LOGIN, PASSWORD } from '@mle/testing';
import { seriousViolations } from './axe.js';
import { expect, FULL, test } from './product.js';

test(
  'instances of this computer are launched, stopped, started, extended and terminated',
  { tag: FULL },
  async ({ page }) => {
    const folder = await mkdtemp(join(tmpdir(), 'mle-instances-page-'));
    const port = await freePort();
    const launcher = launcherProgram(folder, port, FIRST_USER);
    const panel = page.getByRole('region', { name: 'Instances' });
    const item = (name: string) => panel.getByRole('listitem').filter({ hasText: name });
    const patient = { timeout: 60_000 };
    try {
      await launcher.start();
      await page.goto(`http://127.0.0.1:${port}/machines`);
      await page.getByLabel('Login').fill(LOGIN);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.keyboard.press('Enter');
      await expect(page.getByTitle('no instance runs')).toContainText('$0/h');

      await panel.getByRole('button', { name: 'Launch' }).click();
      const dialog = page.getByRole('dialog');
      await expect(dialog.getByRole('radio').first()).toBeChecked();
      await dialog.getByRole('spinbutton', { name: 'Count' }).fill('5');
      await dialog.getByRole('button', { name: 'Launch 5' }).click();
      await expect(dialog.getByRole('alert')).toContainText('may have 4 instances at once');
      await dialog.getByRole('spinbutton', { name: 'Count' }).fill('2');
      expect(await seriousViolations(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Launch 2' }).click();
      await expect(item('local 1')).toContainText('ready', patient);
      await expect(item('local 2')).toContainText('ready', patient);
      await expect(page.getByTitle('2 instances run')).toBeVisible();
      const machines = page.getByRole('region', { name: 'List of machines' });
      await expect(machines.getByRole('button', { name: 'local 2' })).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);

      await item('local 1').getByRole('button', { name: 'Stop' }).click();
      await expect(item('local 1')).toContainText('Stopped by a person.', patient);
      await item('local 1').getByRole('button', { name: 'Start' }).click();
      await expect(item('local 1')).toContainText('ready', patient);

      const end = item('local 2').getByText(/at the latest$/);
      const before = await end.textContent();
      await item('local 2').getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Live one hour longer' }).click();
      await expect(end).not.toHaveText(before ?? '');

      await item('local 2').getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Terminate' }).click();
      await expect(dialog).toContainText('Terminate local 2?');
      await expect(dialog).toContainText('Finished runs with their output and artifacts are kept.');
      await dialog.getByRole('button', { name: 'Terminate' }).click();
      await expect(item('local 2')).toContainText('terminated', patient);
      await expect(machines.getByRole('button', { name: 'local 2' })).toBeHidden();
    } finally {
      await launcher.kill('SIGINT');
      await rm(folder, { recursive: true, force: true });
    }
  },
);
