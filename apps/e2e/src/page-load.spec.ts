import type { Page } from '@playwright/test';
import { expect, FULL, logIn, openProject, test } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));

/** What a page asks for until nothing is under way any more. */
async function askedBy(page: Page, url: string): Promise<string[]> {
  const asked: string[] = [];
  const note = (request: { url(): string; method(): string }): void => {
    const { pathname, search } = new URL(request.url());
    if (request.method() === 'GET' && pathname.startsWith('/api/v1/')) asked.push(pathname + search);
  };
  page.on('request', note);
  const line = page.waitForEvent('websocket');
  await page.goto(url);
  await (await line).waitForEvent('framereceived');
  await page.waitForLoadState('networkidle');
  page.off('request', note);
  return asked.sort();
}

for (const path of ['code', 'runs', 'graphs', 'machines'])
  test(`${path} asks for nothing twice`, { tag: path === 'code' ? [] : FULL }, async ({ page, product }) => {
    const id = await openProject(page, product, `once on ${path}`, { 'train.py': 'print("#loss 0 1")\n' });
    await product.client.ended((await product.client.startRun({ projectId: id, file: 'train.py' })).id);
    // Where the line is slow to come, lists are read without it, and once more when it is there.
    await expect(async () => {
      const asked = await askedBy(page, `${product.url}/${path}?project=${id}`);
      expect(asked.length).toBeGreaterThan(4);
      expect(asked).toEqual([...new Set(asked)]);
    }).toPass({ timeout: 60_000 });
  });

test('what changes while the page has no line yet is there as soon as it has', async ({ page, product }) => {
  const id = await openProject(page, product, 'late line', { 'train.py': 'print("#loss 0 1")\n' });
  await product.client.ended((await product.client.startRun({ projectId: id, file: 'train.py' })).id);
  let connect: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (connect = resolve));
  await page.routeWebSocket(/socket\.io/, async (socket) => {
    await held;
    socket.connectToServer();
  });
  await page.goto(`${product.url}/runs?project=${id}`);
  const rows = page.getByRole('row', { name: /train\.py/ });
  await expect(rows).toHaveText([/#1/]);
  await expect(page.getByTitle('Project', { exact: true })).toHaveText('late line');
  await product.client.startRun({ projectId: id, file: 'train.py' });
  await product.client.putFile(id, 'new.py', '');
  await expect(rows).toHaveCount(1);
  connect();
  await expect(rows).toHaveText([/#2/, /#1/]);
  await page.getByRole('link', { name: 'Code', exact: true }).click();
  await expect(page.getByRole('treeitem', { name: 'new.py' })).toBeVisible();
});

test('a page whose line could not be loaded at first has it as soon as it can', async ({ page, product }) => {
  const id = await openProject(page, product, 'lost script', { 'train.py': 'print("#loss 0 1")\n' });
  let lost = 0;
  await page.route('**/*.js', async (route) => {
    const response = await route.fetch();
    // The script of the line, by what it says to the server.
    const isLine = lost < 2 && /\.EIO=/.test(await response.text());
    if (isLine) lost++;
    await (isLine ? route.abort() : route.fulfill({ response }));
  });
  await page.goto(`${product.url}/runs?project=${id}`);
  await expect.poll(() => lost).toBe(2);
  await expect(page.getByText('Offline.')).toBeVisible();
  const rows = page.getByRole('row', { name: /train\.py/ });
  await expect(page.getByText('Offline.')).toBeHidden();
  await product.client.startRun({ projectId: id, file: 'train.py' });
  await expect(rows).toHaveText([/#1/]);
});
