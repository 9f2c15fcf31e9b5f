import type { ProjectView } from '@mle/protocol';
import { install, type Installation } from '@mle/testing';
import { expect, type Page, test as base } from '@playwright/test';

export { expect };

/** Of a test that is left to `npm run test:full`. */
export const FULL = '@full';

/** `product`: one installation for the tests of a file. `page` fails its test when the browser logs an error. */
export const test = base.extend<{ quiet: void }, { product: Installation }>({
  product: [
    async ({}, use) => {
      // A repository of the tests is on this computer.
      const product = await install({ MLE_GIT_PRIVATE_HOSTS: '127.0.0.1' });
      await use(product);
      await product.stop();
    },
    { scope: 'worker' },
  ],
  quiet: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      // A refused request is part of some tests; a script or style that the policy blocks is part of none.
      page.on('console', (message) => {
        if (
          message.type() === 'error' &&
          !message.text().startsWith('Failed to load resource') &&
          !message.text().includes('WebSocket connection')
        )
          errors.push(message.text());
      });
      await use();
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

/** The Code page in the session of the first user; the form has tests of its own. */
export async function logIn(page: Page, { url, client }: Installation): Promise<void> {
  const [name = '', value = ''] = client.cookie.split('=');
  await page.context().addCookies([{ name, value, url }]);
  await page.goto(url);
  await expect(page.getByRole('button', { name: 'Go on this computer' })).toBeVisible();
}

/** Adds a file by the page, as a person does, and types its text. */
export async function writeFile(page: Page, name: string, text: string): Promise<void> {
  await page.getByRole('complementary', { name: 'Project files' }).getByRole('button', { name: 'New file' }).click();
  await page.getByLabel('Name of the new file').fill(name);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
  await page.locator('.cm-content').click();
  // Inserted as one piece: typed key by key the editor would indent by itself.
  await page.keyboard.insertText(text);
}

/** Leaves the sample project, which other tests begin with. */
export async function removeProjects({ client }: Installation): Promise<void> {
  const { items } = await client.json<{ items: ProjectView[] }>('GET', 'projects');
  for (const { id, name } of items) if (name !== 'First training') await client.json('DELETE', `projects/${id}`);
}

/** A project of this test alone, with these files, open in the browser. */
export async function openProject(
  page: Page,
  { client }: Installation,
  name: string,
  files: Record<string, string | Uint8Array<ArrayBuffer>>,
): Promise<string> {
  const { id } = await client.createProject(name);
  for (const [path, content] of Object.entries(files)) await client.putFile(id, path, content);
  await page.getByTitle('Project', { exact: true }).click();
  await page
    .getByRole('menuitem', { name: new RegExp(`^(${name}|Find among)`) })
    .first()
    .click();
  const find = page.getByRole('combobox', { name: 'Find a project' });
  if (await find.isVisible()) {
    await find.fill(name);
    await page.keyboard.press('Enter');
  }
  await expect(page.getByTitle('Project', { exact: true })).toHaveText(name);
  return id;
}

export const output = (page: Page) => page.getByRole('region', { name: /^Output of run/ });
