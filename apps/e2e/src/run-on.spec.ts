import type { Locator, Page } from '@playwright/test';
import { seriousViolations } from './axe.js';
import { expect, FULL, logIn, openProject, output, removeProjects, test, writeFile } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));
// Other tests begin with the sample project.
test.afterEach(({ product }) => removeProjects(product));

const machine = (page: Page) => page.getByRole('list', { name: 'Machines' }).getByRole('listitem');
const LONG = 'import time\nprint("started", flush=True)\ntime.sleep(600)\n';

test('keys start and stop; a machine with free slots keeps Go, and each run has its own Stop', async ({
  page,
  product,
}) => {
  const { id } = await product.client.machine();
  await writeFile(page, 'long.py', LONG);
  await page.keyboard.press('Control+Enter');
  await expect(output(page)).toContainText('started');
  await expect(machine(page)).toContainText('busy: Go waits for #');
  await page.keyboard.press('Control+Shift+Enter');
  await expect(page.getByText(/^stopped/).first()).toBeVisible();

  await product.client.json('PATCH', `machines/${id}`, { slots: 2 });
  await expect(machine(page)).toContainText('2 of 2 free');
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  await expect(machine(page)).toContainText('1 of 2 free');
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  await expect(machine(page).getByRole('button', { name: /^Stop run/ })).toHaveCount(2);
  await expect(machine(page)).toContainText('busy: Go waits');
  await machine(page)
    .getByRole('button', { name: /^Stop run/ })
    .first()
    .click();
  await expect(machine(page)).toContainText('1 of 2 free');
  await machine(page)
    .getByRole('button', { name: /^Stop run/ })
    .click();
  await expect(machine(page)).toContainText('2 of 2 free');
  await product.client.json('PATCH', `machines/${id}`, { slots: 1 });
});

test(
  'a pool takes a run, gives it to its free machine, and shows why others wait',
  { tag: FULL },
  async ({ page, product }) => {
    const { id: machineId } = await product.client.machine();
    const pool = await product.client.json<{ id: string }>('POST', 'pools', { name: 'lab', machineIds: [machineId] });
    await writeFile(page, 'pooled.py', LONG);
    const lab = page.getByRole('list', { name: 'Pools' }).getByRole('listitem');
    await expect(lab).toContainText('1 of 1 free');
    await lab.getByRole('button', { name: 'Go on lab' }).click();
    await expect(output(page)).toContainText('started');
    await expect(lab).toContainText('0 of 1 free, would wait');
    await page.keyboard.press('Control+Enter');
    const waiting = lab.getByRole('button', { name: /^Remove run \d+ in lab/ });
    await expect(waiting).toBeVisible();
    await waiting.click();
    await expect(waiting).toHaveCount(0);
    await machine(page)
      .getByRole('button', { name: /^Stop run/ })
      .click();
    await expect(lab).toContainText('1 of 1 free');
    await product.client.json('DELETE', `pools/${pool.id}`);
    await expect(page.getByRole('list', { name: 'Pools' })).toHaveCount(0);
  },
);

test(
  'run options reach the program, are checked, and stay for the next visit',
  { tag: FULL },
  async ({ page, context }) => {
    await writeFile(
      page,
      'options.py',
      'import os, sys\nprint(sys.argv[1:], os.environ["MLE_PARAM_LR"], os.environ["MLE_SEED"], os.environ["GREETING"])\n',
    );
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
    expect(command).toMatch(
      /^curl -H "Authorization: Bearer \$MLE_TOKEN" .*"file":"options\.py".*"params":\{"lr":0\.5\}/,
    );

    await page.reload();
    await expect(page.getByRole('button', { name: /^Run options/ })).toContainText('arguments, 1 parameter, seed 7');
  },
);

test('a project’s own command runs a file of any kind', { tag: FULL }, async ({ page, product }) => {
  await openProject(page, product, 'own command', { 'README.md': 'one\ntwo\n' });
  await page.getByTitle('Project', { exact: true }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByRole('textbox', { name: 'Command' }).fill('cat {file');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('{{ or }} for a brace');
  await page.getByRole('textbox', { name: 'Command' }).fill('wc -l {file}');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('treeitem', { name: 'README.md' }).click();
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  await expect(output(page)).toContainText('2 README.md');
});

/** As somebody without a mouse gets there. */
async function tabTo(page: Page, place: Locator): Promise<void> {
  for (let i = 0; i < 8 && !(await place.evaluate((element) => element === document.activeElement)); i++)
    await page.keyboard.press('Tab');
  await expect(place).toBeFocused();
}

test('from the log-in to the output by keys alone', { tag: FULL }, async ({ page, product }) => {
  await page.context().clearCookies();
  await page.goto(`${product.url}/login`);
  await expect(page.getByLabel('Login')).toBeVisible();
  await tabTo(page, page.getByLabel('Login'));
  await page.keyboard.type('ada');
  await page.keyboard.press('Tab');
  await page.keyboard.type('correct horse battery');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('treeitem', { name: 'train.py' })).toBeVisible();
  await page.keyboard.press('F6');
  await page.keyboard.press('End');
  await expect(page.getByRole('treeitem').last()).toBeFocused();
  const training = page.getByRole('treeitem', { name: 'train.py' });
  // A letter goes to the next row that begins with it.
  for (let i = 0; i < 5 && !(await training.evaluate((row) => row === document.activeElement)); i++)
    await page.keyboard.press('t');
  await expect(training).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('.cm-content')).toBeFocused();
  const go = page.getByRole('button', { name: 'Go on this computer' });
  // A pane with nothing to be on, as the output before the first run, is passed over.
  for (let i = 0; i < 2 && !(await go.evaluate((button) => button === document.activeElement)); i++)
    await page.keyboard.press('F6');
  await expect(go).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(output(page)).toContainText(/epoch 1 loss=/);
  await page.keyboard.press('Control+Shift+Enter');
  await expect(page.getByText(/^stopped/).first()).toBeVisible();
});

test('dialogs and the open options are accessible in both themes', { tag: FULL }, async ({ page, product }) => {
  const { id: machineId } = await product.client.machine();
  const pool = await product.client.json<{ id: string }>('POST', 'pools', { name: 'lab', machineIds: [machineId] });
  await page.getByRole('button', { name: /^Run options/ }).click();
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Go on lab' })).toBeVisible();
  await page.getByLabel('GPUs, in a pool').fill('x');
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByLabel('GPUs, in a pool').fill('');
  await page.getByTitle('Project', { exact: true }).click();
  await page.getByRole('menuitem', { name: 'New project' }).click();
  await page.getByRole('button', { name: 'Example' }).click();
  await expect(page.getByRole('radio').first()).toBeVisible();
  expect(await seriousViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('button', { name: 'More of running' }).click();
  await page.getByRole('menuitem', { name: 'Project settings' }).click();
  await expect(page.getByLabel('Docker image')).toBeVisible();
  expect(await seriousViolations(page)).toEqual([]);
  await product.client.json('DELETE', `pools/${pool.id}`);
});

test('a parameter is set in the run’s own copy of the file; one that reaches nothing is told before the start', async ({
  page,
  product,
}) => {
  const options = page.getByRole('button', { name: /^Run options/ });
  const params = page.getByLabel(/^Parameters/);
  const warning = page.getByText('train.py works decay out itself, line 2; it may not read this.');
  const program = 'learning_rate = 0.5\ndecay = 1 / 10\nprint("rate", learning_rate, decay)\n';
  await openProject(page, product, 'Sets', { 'train.py': program });
  // The options are those of the file that is open.
  await expect(page.getByRole('textbox', { name: 'Code of train.py' })).toContainText('learning_rate');
  await options.click();
  await expect(params).toHaveAttribute('placeholder', 'learning_rate=0.5');
  await params.fill('learning_rate=0.001\ndecay=2');
  await expect(warning).toBeVisible();
  expect(await seriousViolations(page)).toEqual([]);
  await options.click();
  await expect(warning).toBeVisible();
  await options.click();
  await params.fill('learning_rate=0.001');
  await expect(warning).toHaveCount(0);
  await page.keyboard.press('Control+Enter');
  await expect(output(page)).toContainText(
    "learning_rate = 0.001, set in this run's copy of train.py (line 1 says 0.5)",
  );
  await expect(output(page)).toContainText('rate 0.001 0.1');
  await expect(page.getByRole('textbox', { name: 'Code of train.py' })).toContainText('learning_rate = 0.5');

  await openProject(page, product, 'Reads', { 'a.py': 'import os\nrate = os.environ.get("MLE_PARAM_RATE", 0.25)\n' });
  await expect(page.getByRole('textbox', { name: 'Code of a.py' })).toBeVisible();
  await expect(params).toHaveAttribute('placeholder', 'rate=0.25');
  await params.fill('rate=2');
  await expect(page.getByText(/it may not read/)).toHaveCount(0);
});

test('queues on a busy machine, and removes what waits', { tag: FULL }, async ({ page }) => {
  await writeFile(page, 'busy.py', LONG);
  await page.keyboard.press('Control+Enter');
  await expect(output(page)).toContainText('started');
  await page.keyboard.press('Control+Enter');
  const remove = machine(page).getByRole('button', { name: /^Remove run \d+ on this computer/ });
  await remove.click();
  await expect(remove).toHaveCount(0);
  await machine(page)
    .getByRole('button', { name: /^Stop run/ })
    .click();
  await expect(machine(page)).toContainText('free');
});
