import type { Page as List, RunView, SweepView } from '@mle/protocol';
import { expect, FULL, logIn, openProject, test } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));

/** What it prints follows from its values alone, and from the seed a little. */
const PROGRAM = `import os
learning_rate = 0.5
seed = int(os.environ.get("MLE_SEED", 0))
for epoch in range(1, 4):
    print(f"epoch {epoch} loss={learning_rate / epoch + seed / 1000:.5f}", flush=True)
`;

test(
  'Vary runs each value with three seeds on one chart, and ends in a sentence',
  { tag: FULL },
  async ({ page, product }) => {
    await openProject(page, product, 'Varied', { 'train.py': PROGRAM });
    await page.getByRole('button', { name: 'Go on this computer' }).click();
    await expect(page.locator('mle-run-foot')).toContainText('succeeded');
    const panel = page.getByRole('complementary', { name: 'Vary' });
    await page.route('**/knobs?*', (route) => route.abort());
    await page.getByRole('button', { name: 'Vary', exact: true }).click();
    await expect(panel.getByRole('alert')).toContainText('What can be varied could not be loaded');
    await page.unroute('**/knobs?*');
    await panel.getByRole('button', { name: 'Try again' }).click();
    await expect(panel.getByRole('radio', { name: /learning_rate/ })).toBeChecked();
    await expect(panel.getByRole('textbox', { name: 'Judge by' }).or(panel.getByLabel('Judge by'))).toHaveValue('loss');
    for (const value of ['0.16', '1.6', '5']) await panel.getByRole('button', { name: value, exact: true }).click();
    await panel.getByRole('button', { name: /^Start 6 runs/ }).click();
    await expect(page.getByText('done, 6 of 6 runs')).toBeVisible();
    const shows = page.getByRole('region', { name: 'What it shows' });
    await expect(shows.getByRole('listitem').filter({ hasText: 'now in your code' })).toContainText('0.5');
    await expect(shows).toContainText(/learning_rate 0\.5 → 0\.05/);
    // The run of Go was the first seed of the code.
    await expect(shows).toContainText('Not run again for 0.5, since they were there: #1');
    // Reload and Back lead to it, and its runs are one row of the list, which opens it.
    await expect(page).toHaveURL(/vary=[0-9a-f]{24}/);
    await page.reload();
    await expect(shows).toContainText(/learning_rate 0\.5 → 0\.05/);
    await page.getByRole('button', { name: 'Show the output' }).click();
    await expect(page.getByRole('region', { name: /^Output of run/ })).toBeVisible();
    await expect(page).not.toHaveURL(/vary=/);
    await page.goBack();
    await expect(shows).toBeVisible();
    await page.getByRole('link', { name: /^Runs/ }).click();
    const row = page.getByRole('row', { name: /Vary learning_rate/ });
    await expect(row).toContainText('2 values × 3 seeds');
    await expect(row).toContainText('0.05 … 0.5');
    const numbers = page.locator('tbody .c-run .faint');
    await expect(numbers).toHaveText(['#1']);
    await page.getByRole('columnheader', { name: 'learning_rate' }).getByRole('button').click();
    await row.getByRole('button', { name: 'Runs of Vary learning_rate' }).click();
    await expect(numbers).toHaveText(['#6', '#4', '#2', '#5', '#3', '#1'], { ignoreCase: true });
    await row.getByRole('checkbox').check();
    await expect(page.getByRole('toolbar', { name: 'Selected runs' })).toContainText('5 selected');
    await row.getByRole('link', { name: 'Vary learning_rate' }).click();
    await expect(shows).toContainText(/learning_rate 0\.5 → 0\.05/);
    // One of its runs, with its value in place of that of the code; the address keeps that too.
    const [trial] = (await product.client.json<List<RunView>>('GET', `runs?knob.learning_rate=0.05&limit=1`)).items;
    const files = `The files of run #${trial?.number}, with its values`;
    await product.client.putFile(trial?.projectId ?? '', 'train.py', 'speed = 1\n');
    await page.goto(`${product.url}/runs/${trial?.id}`);
    await page.getByRole('link', { name: 'Vary', exact: true }).click();
    await expect(panel).toContainText(files);
    await expect(panel.getByRole('button', { name: `0.05 #${trial?.number}`, exact: true })).toBeDisabled();
    await page.reload();
    await expect(panel).toContainText(files);
    await expect(panel.getByLabel('Judge by')).toHaveValue('loss');
    await panel.getByRole('button', { name: /^Start \d+ runs/ }).click();
    await page.getByRole('button', { name: 'Pause' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Resume' })).toBeFocused();
    await expect(page.getByRole('status').filter({ hasText: 'Paused by the user.' })).toBeVisible();
    // The news of it may come before the answer, until when a further press does nothing.
    await expect(page.getByRole('button', { name: 'Resume' })).toHaveAttribute('aria-disabled', 'false');
    await page.keyboard.press('Enter');
    await expect(page.getByText('done, 15 of 15 runs')).toBeVisible();
    await expect(shows.getByRole('listitem').filter({ hasText: `in run #${trial?.number}` })).toContainText('0.05');
    await expect(shows).toContainText(files);
    await page.reload();
    await expect(panel).toContainText(files);
    await expect(shows.getByRole('link', { name: `run #${trial?.number}` })).toBeVisible();
  },
);

/** The seed decides more than the rate. */
const NOISY = `import os
learning_rate = 0.5
seed = int(os.environ.get("MLE_SEED", 0))
for epoch in range(1, 4):
    print(f"epoch {epoch} loss={1 + (seed * 7919 + int(learning_rate * 100) * 31) % 13:.3f}", flush=True)
`;

test(
  'Vary says that seeds do not show it, and takes the seeds that would, and a further value',
  { tag: FULL },
  async ({ page, product }) => {
    await openProject(page, product, 'Noisy', { 'train.py': NOISY });
    await page.getByRole('button', { name: 'Go on this computer' }).click();
    await expect(page.locator('mle-run-foot')).toContainText('succeeded');
    await page.getByRole('button', { name: 'Vary', exact: true }).click();
    const panel = page.getByRole('complementary', { name: 'Vary' });
    for (const value of ['0.16', '1.6', '5']) await panel.getByRole('button', { name: value, exact: true }).click();
    await panel.getByRole('button', { name: /^Start 6 runs/ }).click();
    await expect(page.getByText('done, 6 of 6 runs')).toBeVisible();
    const shows = page.getByRole('region', { name: 'What it shows' });
    await expect(shows).toContainText('within seed noise');
    await shows.getByRole('button', { name: /^Add 5 seeds to/ }).click();
    await expect(page.getByText('done, 16 of 16 runs')).toBeVisible();
    await shows.getByRole('textbox', { name: 'Another value' }).fill('2');
    await shows.getByRole('button', { name: 'Add value' }).click();
    await expect(page.getByText('done, 19 of 19 runs')).toBeVisible();
    await expect(shows.getByRole('list', { name: 'Values' }).getByRole('listitem')).toHaveCount(3);
  },
);

const SLOW = `import time
rate = 0.5
print(f"epoch 1 loss={rate:.3f}", flush=True)
time.sleep(1)
`;

test(
  'Vary stops at a limit of its panel, and says which and what was used',
  { tag: FULL },
  async ({ page, product }) => {
    const projectId = await openProject(page, product, 'Limited', { 'slow.py': SLOW });
    await page.getByRole('button', { name: 'Vary', exact: true }).click();
    const panel = page.getByRole('complementary', { name: 'Vary' });
    await panel.getByLabel('Judge by').fill('loss');
    await expect(panel.getByLabel('Minutes')).toBeHidden();
    await panel.getByText('Limits', { exact: false }).first().click();
    // Nothing here costs money.
    await expect(panel.getByLabel('Dollars')).toHaveCount(0);
    await panel.getByLabel('Minutes').fill('soon');
    await expect(panel).toContainText('A limit is a number above zero, or empty.');
    await expect(panel.getByRole('button', { name: /^Start/ })).toBeDisabled();
    await panel.getByLabel('Minutes').fill('0.05');
    await panel.getByRole('button', { name: /^Start \d+ runs/ }).click();
    const shows = page.getByRole('region', { name: 'What it shows' });
    await expect(shows.getByText('It reached its limit of 0.05 minutes.')).toBeVisible();
    await expect(shows).toContainText('Limits: 0 of 0.05 minutes.');
    await page.reload();
    await expect(panel.getByLabel('Minutes')).toHaveValue('0.05');
    await expect(panel.getByText('0.05 minutes')).toBeVisible();

    const { id } = await product.client.json<SweepView>('POST', 'sweeps', {
      ...{ projectId, file: 'slow.py', goal: { metric: 'loss', direction: 'min' }, seeds: 1 },
      ...{ space: { rate: { values: [1] } }, limits: { dollars: 2 } },
    });
    await page.goto(`${product.url}/code?project=${projectId}&file=slow.py&vary=${id}`);
    await expect(panel.getByLabel('Dollars')).toHaveValue('2');
    await expect(shows).toContainText('Limits: $0.00 of $2.00.');
    await expect(page.getByText('done, 2 of 2 runs')).toBeVisible();
  },
);
