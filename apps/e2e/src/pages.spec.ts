import type { Installation } from '@mle/testing';
import { seriousViolations } from './axe.js';
import { expect, FULL, logIn, test } from './product.js';

const anyProject = async (product: Installation): Promise<string> =>
  (await product.client.json<{ items: { id: string }[] }>('GET', 'projects')).items[0]?.id ?? '';

const TABS =
  process.env['MLE_TEST_FULL'] === '1'
    ? ['output', 'graphs', 'parameters', 'code', 'artifacts', 'resources']
    : ['output'];

for (const width of [1280, 390]) {
  test(
    `the pages are accessible in both themes and fit, ${width} px`,
    { tag: width === 390 ? [] : FULL },
    async ({ page, product }) => {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(`${product.url}/login`);
      await expect(page.getByLabel('Login')).toBeVisible();
      expect(await seriousViolations(page)).toEqual([]);
      await page.setViewportSize({ width: 1280, height: 844 });
      await logIn(page, product);
      await page.setViewportSize({ width, height: 844 });
      const { id } = await product.client.json<{ id: string }>('POST', 'runs', {
        projectId: await anyProject(product),
        command: 'echo "#loss 1 0.5"',
      });
      for (const path of [
        '/',
        '/runs',
        ...TABS.map((tab) => `/runs/${id}?tab=${tab}`),
        '/graphs',
        '/machines',
        '/settings',
        '/no-such-page',
      ]) {
        await page.goto(product.url + path);
        await expect(page.getByRole('navigation').first()).toBeVisible();
        await page.waitForLoadState('networkidle');
        expect(await seriousViolations(page), path).toEqual([]);
        expect(
          await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
          `${path} scrolls sideways`,
        ).toBe(true);
      }
    },
  );
}

test('asks for a log-in, refuses a wrong password, and comes back to where one was', async ({ page, product }) => {
  await page.goto(`${product.url}/machines`);
  await expect(page.getByLabel('Login')).toBeFocused();
  await page.keyboard.type('ada');
  await page.getByLabel('Password', { exact: true }).fill('wrong password');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText(/password/i);
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/machines$/);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('dark');
  await expect(page.getByRole('option', { name: 'Dark theme Command' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('button', { name: 'Account ada' }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(page.getByLabel('Login')).toBeFocused();
});

test(
  'an address without a page says so, and leads to the pages that there are',
  { tag: FULL },
  async ({ page, product }) => {
    await logIn(page, product);
    await page.goto(`${product.url}/runz?tab=output`);
    await expect(page.getByRole('heading', { name: 'There is no page at this address' })).toBeVisible();
    await expect(page).toHaveURL(/\/runz\?tab=output$/);
    await page.getByRole('main').getByRole('link', { name: 'Runs' }).click();
    await expect(page).toHaveURL(/\/runs\?project=/);
  },
);

test(
  'before the log-in nothing scrolls sideways on a phone, and the theme follows the system',
  { tag: FULL },
  async ({ page, product }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ['/login', '/setup#token=none']) {
      await page.goto(product.url + path);
      const button = page.getByRole('button', { name: /^(Log in|Create the account)/ });
      await expect(button).toBeVisible();
      const box = await page.locator('form').boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 0), path).toBeLessThanOrEqual(390 - 16);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  },
);
