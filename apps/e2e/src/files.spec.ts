import type { Installation } from '@mle/testing';
import type { Page } from '@playwright/test';
import { expect, FULL, logIn, openProject, removeProjects, test, writeFile } from './product.js';

const pathsOf = async ({ client }: Installation, id: string) => (await client.files(id)).items.map(({ path }) => path);
const textOf = async ({ client }: Installation, id: string, path: string) =>
  (await client.fetch(`projects/${id}/files/${path}`)).text();

test.beforeEach(async ({ page, product }) => logIn(page, product));
// Other tests begin with the sample project.
test.afterAll(({ product }) => removeProjects(product));

const file = (page: Page, name: string) => page.getByRole('treeitem', { name, exact: true });
const tab = (page: Page, name: string) => page.getByRole('tab', { name });
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test('folders, names, moves by mouse and keys, and deletes that can be taken back', async ({ page, product }) => {
  const id = await openProject(page, product, 'tree', { 'a.py': '1', 'b.py': '2', 'lib/c.py': '3' });
  const paths = () => pathsOf(product, id);

  await file(page, 'a.py').dragTo(file(page, 'lib'));
  await expect.poll(paths).toEqual(['b.py', 'lib/a.py', 'lib/c.py']);
  await expect(tab(page, 'a.py')).toHaveAttribute('title', 'lib/a.py');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(paths).toEqual(['a.py', 'b.py', 'lib/c.py']);

  await file(page, 'b.py').click();
  await page.keyboard.press('Control+x');
  await page.keyboard.press('Home');
  await expect(file(page, 'lib')).toBeFocused();
  await page.keyboard.press('Control+v');
  await expect.poll(paths).toEqual(['a.py', 'lib/b.py', 'lib/c.py']);
  await expect(file(page, 'b.py')).toBeFocused();
  await page.keyboard.press('F2');
  await expect(page.locator('mle-inline-name input')).toBeFocused();
  await page.keyboard.type('d');
  await page.keyboard.press('Enter');
  await expect.poll(paths).toEqual(['a.py', 'lib/c.py', 'lib/d.py']);

  await file(page, 'a.py').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Move/ }).click();
  await page.getByLabel('New path in the project').fill('lib/c.py');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('lib/c.py exists already. Rename one of the two first.');
  await page.getByLabel('New path in the project').fill('new/deep/a.py');
  await page.keyboard.press('Enter');
  await expect.poll(paths).toEqual(['lib/c.py', 'lib/d.py', 'new/deep/a.py']);

  // What is closed without a change gives the focus back.
  await file(page, 'c.py').click({ button: 'right' });
  await page.keyboard.press('Escape');
  await expect(file(page, 'c.py')).toBeFocused();
  await file(page, 'c.py').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Move/ }).click();
  await expect(page.getByLabel('New path in the project')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(file(page, 'c.py')).toBeFocused();
  await page.getByRole('button', { name: 'New file', exact: true }).click();
  await expect(page.getByLabel('Name of the new file')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(file(page, 'c.py')).toBeFocused();

  await file(page, 'lib').focus();
  await page.keyboard.press('Delete');
  await expect(file(page, 'lib')).toHaveCount(0);
  await page.getByText('Deleted lib').locator('..').getByRole('button', { name: 'Undo' }).click();
  await expect(file(page, 'lib')).toBeVisible();
  expect(await paths()).toContain('lib/d.py');
});

test(
  'files come by dialog and by drop, folders too, and none is replaced unasked',
  { tag: FULL },
  async ({ page, product }) => {
    const id = await openProject(page, product, 'uploads', { 'kept.txt': 'old' });
    await page.getByTestId('upload').setInputFiles([
      { name: 'one.csv', mimeType: 'text/csv', buffer: Buffer.from('x,y\n1,2\n') },
      { name: 'kept.txt', mimeType: 'text/plain', buffer: Buffer.from('new') },
    ]);
    const question = page.getByRole('dialog', { name: 'Replace kept.txt?' });
    await question.getByRole('button', { name: 'Keep' }).click();
    await expect(question).toBeHidden();
    await expect(file(page, 'one.csv')).toBeVisible();
    expect(await textOf(product, id, 'kept.txt')).toBe('old');
    await page
      .getByTestId('upload')
      .setInputFiles({ name: 'kept.txt', mimeType: 'text/plain', buffer: Buffer.from('new') });
    await question.getByRole('button', { name: 'Replace' }).click();
    await expect.poll(() => textOf(product, id, 'kept.txt')).toBe('new');

    const dropped = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['dropped'], 'dropped.txt'));
      return data;
    });
    await page.getByRole('tree', { name: 'Files' }).dispatchEvent('drop', { dataTransfer: dropped });
    await expect(file(page, 'dropped.txt')).toBeVisible();

    // The uploads of these are held: their progress stands there, and they end by hand.
    await page.route('**/files', (route) => (route.request().method() === 'POST' ? undefined : route.continue()));
    const held = (name: string) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.alloc(1000) });
    await page.getByTestId('upload').setInputFiles(['never.bin', 'second.bin', 'third.bin'].map(held));
    await expect(page.getByText('3 files, 0 % of 3.0 kB')).toBeVisible();
    await expect(page.getByRole('progressbar', { name: 'Upload of never.bin' })).toBeVisible();
    await page.getByRole('button', { name: 'Cancel the upload of never.bin' }).click();
    await expect(page.getByText('2 files, 0 % of 2.0 kB')).toBeVisible();
    await page.getByRole('button', { name: 'Cancel all' }).click();
    await expect(page.getByRole('progressbar')).toHaveCount(0);
    await page.unroute('**/files');
    expect(await pathsOf(product, id)).toEqual(['dropped.txt', 'kept.txt', 'one.csv']);
  },
);

test(
  'large and binary files say so, an image is shown, and SVG runs nothing',
  { tag: FULL },
  async ({ page, product }) => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script><rect width="9" height="9"/></svg>';
    await openProject(page, product, 'kinds', {
      'large.txt': 'x'.repeat(2 * 1024 * 1024 + 1),
      'model.bin': new Uint8Array([1, 0, 2]),
      'dot.png': new Uint8Array(PIXEL),
      'drawn.svg': svg,
    });
    page.on('dialog', () => {
      throw new Error('a script of an SVG ran');
    });
    await file(page, 'large.txt').click();
    await expect(page.getByText('large.txt is 2.1 MB. The editor opens files up to 2.1 MB.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Download', exact: true })).toHaveAttribute('download', 'large.txt');
    await file(page, 'model.bin').click();
    await expect(page.getByText('model.bin is 3 B of binary data and is not opened here.')).toBeVisible();
    for (const name of ['dot.png', 'drawn.svg']) {
      await file(page, name).click();
      const image = page.getByRole('img', { name });
      await expect(image).toHaveAttribute('src', /^blob:/);
      await expect
        .poll(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth))
        .toBeGreaterThan(0);
    }
  },
);

test(
  'typed text is saved on blur, and what is not saved outlives a reload',
  { tag: FULL },
  async ({ page, product }) => {
    const id = await openProject(page, product, 'drafts', { 'z.py': '' });
    await writeFile(page, 'draft.py', 'one = 1\n');
    await file(page, 'z.py').focus();
    await expect.poll(() => textOf(product, id, 'draft.py')).toBe('one = 1\n');

    await page.route('**/files/draft.py', (route) =>
      route.request().method() === 'PUT' ? route.abort() : route.continue(),
    );
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('two = 2\n');
    await expect(page.getByText('Unsaved', { exact: true })).toBeVisible();
    await page.waitForTimeout(700);
    await page.reload();
    await expect(page.locator('.cm-content')).toContainText('two = 2');
    await expect(page.getByText(/What you typed in draft.py was not saved/)).toBeVisible();
    await page.unroute('**/files/draft.py');
    await page.getByRole('button', { name: 'Save it' }).click();
    await expect.poll(() => textOf(product, id, 'draft.py')).toBe('one = 1\ntwo = 2\n');
    await page.reload();
    await expect(page.locator('.cm-content')).toContainText('two = 2');
    await expect(page.getByText(/was not saved/)).toHaveCount(0);

    // Back leaves the page without a blur.
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Runs' }).click();
    await expect(page).toHaveURL(/\/runs/);
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Code' }).click();
    await expect(page.locator('.cm-content')).toContainText('two = 2');
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('three = 3\n');
    await expect(page.locator('.cm-content')).toContainText('three = 3');
    await page.goBack();
    await expect(page).toHaveURL(/\/runs/);
    await expect.poll(() => textOf(product, id, 'draft.py')).toBe('one = 1\ntwo = 2\nthree = 3\n');
  },
);

test('tabs are put in order by keys and closed by the middle button', { tag: FULL }, async ({ page, product }) => {
  await openProject(page, product, 'tabs', { 'a.md': '# a', 'b.json': '{}', 'c.sh': 'echo' });
  for (const name of ['a.md', 'b.json', 'c.sh']) await file(page, name).click();
  await expect(page.getByText('Shell', { exact: true })).toBeVisible();
  await tab(page, 'c.sh').focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(page.getByRole('tab')).toHaveText([/a.md/, /c.sh/, /b.json/]);
  await expect(tab(page, 'c.sh')).toBeFocused();
  await tab(page, 'a.md').click({ button: 'middle' });
  await expect(page.getByRole('tab', { name: /\.(md|sh|json)$/ })).toHaveText([/c.sh/, /b.json/]);
  await page.reload();
  await expect(page.getByRole('tab', { name: /\.(md|sh|json)$/ })).toHaveText([/c.sh/, /b.json/]);
});
