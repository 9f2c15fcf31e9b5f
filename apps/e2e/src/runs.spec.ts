import type { Page } from '@playwright/test';
import { expect, FULL, logIn, openProject, output, test, writeFile } from './product.js';

const PROGRAM = `import os, sys
out = os.environ["MLE_OUTPUT_DIR"]
open(out + "/history.csv", "w").write("epoch,loss\\n0,0.5\\n1,0.25\\n")
open("left.txt", "w").write("left behind")
print("needle in a warning", file=sys.stderr)
for i in range(300):
    print(f"line {i} " + ("needle " if i % 100 == 0 else "") + "x" * (400 if i == 150 else 5))
print("#loss 0 0.5")
print("#loss 1 0.25")
`;

test.beforeEach(async ({ page, product }) => logIn(page, product));

const lines = (page: Page) => output(page).locator('.line');

/** Runs the program once for a test and opens the page of its run. */
async function runAndOpen(page: Page, name: string): Promise<void> {
  await writeFile(page, name, `${PROGRAM}print("done with ${name}")\n`);
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  // The last line belongs to this run: the state of an earlier one may still stand there.
  await expect(output(page)).toContainText(`done with ${name}`);
  await expect(page.getByRole('region', { name: 'Output', exact: true }).getByText(/^succeeded, /)).toBeVisible();
  await page.getByRole('link', { name: 'Open the run' }).click();
  await page.waitForURL(/\/runs\//);
  await expect(page.getByRole('heading', { level: 1, name: new RegExp(name) })).toBeVisible();
}

test('searches the output, wraps it, and links to a line', { tag: FULL }, async ({ page }) => {
  await runAndOpen(page, 'search.py');
  await page.keyboard.press('Control+f');
  await page.getByLabel('Search the output').fill('NEEDLE');
  await expect(page.getByText('1 of 4')).toBeVisible();
  await page.keyboard.press('Shift+Enter');
  await expect(page.getByText('4 of 4')).toBeVisible();
  await expect(output(page).locator('.now')).toHaveText('needle');
  await expect(output(page).locator('.now')).toBeInViewport();

  await page.getByLabel('Search the output').fill(':153');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/line=153/);
  await expect(output(page).locator('.target')).toContainText('line 150');
  const tall = lines(page).filter({ hasText: 'line 150 ' });
  const before = (await tall.boundingBox())?.height ?? 0;
  await page.getByRole('button', { name: 'Wrap long lines' }).click();
  await expect.poll(async () => (await tall.boundingBox())?.height ?? 0).toBeGreaterThan(before + 10);

  await page.reload();
  await expect(output(page).locator('.target')).toContainText('line 150');
  await expect(output(page).locator('.target')).toBeInViewport();
  await page.getByRole('button', { name: 'Wrap long lines' }).click();
});

test('shows what a run was asked, its code, artifacts and leftovers', { tag: FULL }, async ({ page }) => {
  await runAndOpen(page, 'parts.py');
  await expect(page.getByRole('complementary', { name: 'Curves' })).toContainText('loss');
  await page.getByRole('tab', { name: 'Parameters' }).click();
  await expect(page.getByText('with the files that earlier runs left')).toBeVisible();
  await page.getByRole('tab', { name: 'Code' }).click();
  await expect(page.locator('mle-run-code .cm-content')).toContainText('MLE_OUTPUT_DIR');
  await expect(page.locator('mle-run-code .cm-content')).toHaveAttribute('contenteditable', 'false');
  await page.getByRole('tab', { name: /Artifacts/ }).click();
  await expect(page.getByRole('table')).toContainText('0.25');
  const kept = page.getByRole('list', { name: 'Artifacts' });
  await page.getByRole('button', { name: 'Keep all as artifacts' }).click();
  await kept.getByRole('button', { name: /left\.txt/ }).click();
  await expect(page.locator('mle-file-preview .cm-content')).toContainText('left behind');
  await page.goBack();
  await expect(page.getByRole('button', { name: 'Go on this computer' })).toBeVisible();
});

test('keeps notes and tags, and works the list by keys', async ({ page }) => {
  await runAndOpen(page, 'list.py');
  await page.getByRole('button', { name: 'Add a tag' }).click();
  await page.getByLabel('New tag').fill('baseline');
  await page.keyboard.press('Enter');
  const tabs = page.getByRole('tablist', { name: 'Parts of the run' });
  const before = await tabs.boundingBox();
  await page.getByRole('button', { name: 'Add a note' }).click();
  await page.getByRole('textbox', { name: 'Note' }).fill('the first good one');
  expect(await tabs.boundingBox()).toEqual(before);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'the first good one' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await expect(page).toHaveURL(/\/runs\?project=[0-9a-f]{24}$/);
  const row = page.getByRole('row', { name: /list\.py/ });
  await expect(row).toContainText('baseline');
  await expect(row.locator('.c-last')).toHaveText('0.25');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Note' }).click();
  await page.keyboard.press('Escape');
  await expect(row).toContainText('the first good one');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page.getByRole('toolbar', { name: 'Selected runs' })).toContainText('1 selected');
  await page.keyboard.press('r');
  await expect(page.getByRole('row', { name: /list\.py/ })).toHaveCount(2);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /list\.py/ })).toBeVisible();
});

test('finds a file by Ctrl K and lists the keys by ?', { tag: FULL }, async ({ page, product }) => {
  // Not the sample: its language is that of the machine, if that has come by then.
  await openProject(page, product, 'to find', { 'train.py': '', 'nets/network.py': 'size = 3\n' });
  await expect(page.locator('.cm-content')).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('option', { name: /^Vary train.py/ })).toBeVisible();
  await page.getByRole('combobox').fill('new file');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Name of the new file' })).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('network');
  await expect(page.getByRole('option').first()).toContainText('nets/network.py');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: /network\.py/ })).toHaveAttribute('aria-selected', 'true');
  await expect(page).toHaveTitle(/network\.py · ML Experimenter/);
  await page.goto(`${product.url}/runs`);
  await expect(page.getByRole('heading', { name: 'Runs' })).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('Find a file, run, machine, page or command');
});

test(
  'holds new rows back while one reads further down, and gives the focus on when rows go',
  { tag: FULL },
  async ({ page, product }) => {
    const id = await openProject(page, product, 'many', { 'nothing.py': '' });
    const start = () => product.client.startRun({ projectId: id, file: 'nothing.py' });
    for (let i = 0; i < 12; i++) await product.client.ended((await start()).id);
    await page.setViewportSize({ width: 1280, height: 400 });
    await page.goto(`${product.url}/runs`);
    const rows = page.getByRole('row', { name: /nothing\.py/ });
    await expect(rows).toHaveCount(12);
    await product.client.ended((await start()).id);
    await expect(rows.first()).toContainText('#13');
    await page.getByRole('region', { name: 'List of runs' }).evaluate((list) => list.scrollTo(0, 200));
    await expect(page.getByRole('checkbox', { name: 'Select run 13' })).not.toBeInViewport();
    await start();
    await expect(page.getByRole('button', { name: '1 new run' })).toBeVisible();
    await start();
    await page.getByRole('button', { name: '2 new runs' }).click();
    await expect(page.getByRole('checkbox', { name: 'Select run 15' })).toBeInViewport();
    await expect(page.getByRole('button', { name: /new run/ })).toHaveCount(0);
    // Another list begins at its top.
    await page.getByRole('region', { name: 'List of runs' }).evaluate((list) => list.scrollTo(0, 200));
    await page.getByLabel('Search runs').fill('nothing');
    await expect(page.getByRole('checkbox', { name: 'Select run 15' })).toBeInViewport();

    await page.getByRole('checkbox', { name: 'Select run 12' }).check();
    await page.getByRole('toolbar', { name: 'Selected runs' }).getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('row', { name: /#11/ }).getByRole('link')).toBeFocused();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(rows).toHaveCount(15);
  },
);

test('shows each attempt of a run by itself', { tag: FULL }, async ({ page, product }) => {
  const id = await openProject(page, product, 'again', {
    'twice.py':
      'import os\nn = int(os.environ["MLE_ATTEMPT"])\nfor i in range(n):\n    print("#loss", i, n)\nprint("this is attempt", n)\nexit(0 if n == 2 else 3)\n',
  });
  const run = await product.client.startRun({
    projectId: id,
    file: 'twice.py',
    retry: { max: 1, on: 'failure', backoffSeconds: 0 },
  });
  await page.goto(`${product.url}/runs/${run.id}`);
  await expect(output(page)).toContainText('this is attempt 2');
  await page.getByLabel('Attempt').selectOption({ label: '1 of 2, failed' });
  await expect(output(page)).toContainText('this is attempt 1');
  await expect(output(page)).not.toContainText('attempt 2');
  await expect(page.getByRole('link', { name: 'Download the output' })).toHaveAttribute('href', /attempt=1$/);
  await page.getByRole('tab', { name: 'Graphs' }).click();
  await expect(page).toHaveURL(/tab=graphs&attempt=1/);
  await expect(page.locator('[data-points]')).toHaveAttribute('data-points', '1');
  await page.getByLabel('Attempt').selectOption('2');
  await expect(page.locator('[data-points]')).toHaveAttribute('data-points', '2');
  await expect(page).toHaveURL(/tab=graphs$/);
});
