import type { InstanceList, InstanceView } from '@mle/protocol';
import { type Simulator, startSimulator } from '@mle/simulated-ec2';
import { install, type Installation, until } from '@mle/testing';
import type { Browser, Locator, Page } from '@playwright/test';
import { seriousViolations } from './axe.js';
import { expect, FULL, test } from './product.js';

const MEMBER = { login: 'eve', password: 'another long password', role: 'member' };
const PATIENT = { timeout: 90_000 };

let simulator: Simulator;
let product: Installation;

test.beforeAll(async () => {
  simulator = await startSimulator({ machines: 'folder' });
  product = await install({ AWS_ENDPOINT_URL: simulator.endpoint });
  const { accessKeyId, secretAccessKey } = simulator.credentials;
  const { client } = product;
  await client.json('PUT', 'settings/aws', { accessKeyId, secretAccessKey, region: simulator.region });
  await client.inBrowser().json('POST', 'users', MEMBER);
});
test.afterAll(async () => {
  await product?.stop();
  await simulator?.stop();
});

const panelOf = (page: Page): Locator => page.getByRole('region', { name: 'Instances' });
const itemOf = (page: Page, name: string): Locator => panelOf(page).getByRole('listitem').filter({ hasText: name });

/** The administrator's own browser, beside that of the member. */
async function administrator(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  const [name = '', value = ''] = product.client.cookie.split('=');
  await context.addCookies([{ name, value, url: product.url }]);
  return context.newPage();
}

async function instance(name: string): Promise<InstanceView | undefined> {
  const { items } = await product.client.json<InstanceList>('GET', 'instances');
  return items.find((item) => item.name === name);
}

test(
  'a member launches on EC2 within the dollars that an administrator gives, and sees no keys',
  { tag: FULL },
  async ({ page, browser }) => {
    await product.client.json('POST', 'instances', { provider: 'aws', type: 't3.micro', name: 'of ada' });
    const heard: string[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/api/')) void response.text().then(heard.push.bind(heard), () => undefined);
    });
    await page.goto(`${product.url}/machines`);
    await page.getByLabel('Login').fill(MEMBER.login);
    await page.getByLabel('Password', { exact: true }).fill(MEMBER.password);
    await page.keyboard.press('Enter');

    // What is another's is seen, with its state, and cannot be changed; nothing may be launched yet.
    await expect(itemOf(page, 'of ada')).toContainText('ready', PATIENT);
    await expect(itemOf(page, 'of ada')).toContainText('t3.micro');
    await expect(itemOf(page, 'of ada').getByRole('button')).toHaveCount(0);
    await expect(panelOf(page).getByRole('button', { name: 'Launch' })).toHaveCount(0);
    await expect(page.getByTitle('1 instance runs')).toContainText('/h');
    await page.goto(`${product.url}/settings`);
    await expect(page.getByRole('heading', { name: 'Appearance' })).toBeVisible();
    for (const name of ['AWS', 'Limits', 'Users'])
      await expect(page.getByRole('heading', { name, exact: true })).toHaveCount(0);

    const admin = await administrator(browser);
    await admin.goto(`${product.url}/settings#limits`);
    const share = admin.getByLabel('Dollars per month for each member');
    await expect(share).toHaveValue('0');
    await share.fill('5');
    await admin.getByRole('button', { name: 'Save the limits' }).click();
    await expect(admin.getByText('Saved')).toBeVisible();
    expect(await seriousViolations(admin)).toEqual([]);
    await admin.context().close();

    await page.goto(`${product.url}/machines`);
    await panelOf(page).getByRole('button', { name: 'Launch' }).click();
    const dialog = page.getByRole('dialog');
    const cloud = dialog.getByRole('radio', { name: 'Amazon EC2' });
    if (await cloud.isVisible()) await cloud.check();
    await dialog.getByRole('radio', { name: /^t3\.micro/ }).check();
    await expect(dialog).toContainText('You have $5.00 left of your $5.00 this month.');
    // No price is cut off, however long the name of a GPU is.
    const body = dialog.locator('.body');
    expect(await body.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    // What is taken instead is folded away, and named where something was allowed.
    const others = dialog.getByRole('group').filter({ hasText: 'Another type where no zone has it' });
    await expect(others.getByRole('checkbox').first()).toBeHidden();
    await others.getByText('Another type where no zone has it').click();
    await others.getByRole('checkbox', { name: /^t3\.small/ }).check();
    await expect(dialog).toContainText('Where no zone has it, t3.small');
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByLabel('Name').fill('of eve');
    // No zone has the wanted one.
    await simulator.addFault({
      action: 'RunInstances',
      code: 'InsufficientInstanceCapacity',
      count: null,
      instanceType: 't3.micro',
    });
    await dialog.getByRole('button', { name: 'Launch', exact: true }).click();
    await expect(dialog).toHaveCount(0);
    await expect(itemOf(page, 'of eve')).toContainText('ready', PATIENT);
    await simulator.clearFaults();
    await expect(itemOf(page, 'of eve').getByRole('button', { name: 'Stop' })).toBeVisible();
    await expect(page.getByTitle('2 instances run')).toBeVisible();
    expect(await seriousViolations(page)).toEqual([]);

    // Its worker is gone: whoever has launched it runs the machine once more.
    const { providerId } = (await instance('of eve')) ?? {};
    await simulator.run(providerId ?? '', 'systemctl stop mle-worker.service');
    const run = itemOf(page, 'of eve').getByRole('button', { name: 'Run machine' });
    await expect(run).toBeVisible(PATIENT);
    await run.click();
    await expect(dialog).toContainText('Run of eve again?');
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Run machine' }).click();
    await expect(dialog).toHaveCount(0);
    await until('it is there again', async () => (await instance('of eve'))?.state === 'ready', 90_000);
    await expect(itemOf(page, 'of eve')).toContainText('ready');
    await expect(run).toHaveCount(0);

    expect(heard.length).toBeGreaterThan(10);
    const { accessKeyId, secretAccessKey } = simulator.credentials;
    for (const secret of [accessKeyId, secretAccessKey]) expect(heard.join('\n')).not.toContain(secret);
  },
);
