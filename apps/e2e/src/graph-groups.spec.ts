import type { RunView } from '@mle/protocol';
import { expect, logIn, openProject, test } from './product.js';

const PROGRAM = `rate = 0.5
width = 8
import os
seed = int(os.environ["MLE_SEED"])
for epoch in range(1, 11):
    print(f"#loss {epoch} {rate / epoch + seed / 100:.5f}", flush=True)
    print(f"#val_loss {epoch} {rate / epoch + seed / 50:.5f}", flush=True)
    print(f"#net/norm {epoch} {width}", flush=True)
`;

test('runs are grouped by a knob with their mean and range, and the address keeps the view', async ({
  page,
  product,
}) => {
  const { client } = product;
  await logIn(page, product);
  const projectId = await openProject(page, product, 'Grouped', { 'train.py': PROGRAM });
  const ids: string[] = [];
  for (const rate of [0.5, 1.6])
    for (const seed of [0, 1]) {
      const body = { projectId, file: 'train.py', params: { rate }, seed };
      ids.push((await client.json<RunView>('POST', 'runs', body)).id);
    }
  for (const id of ids)
    await expect
      .poll(async () => (await client.json<RunView>('GET', `runs/${id}`)).state, { timeout: 60_000 })
      .toBe('succeeded');

  const chart = (name: string) => page.getByRole('figure', { name, exact: true });
  const points = (name: string) => chart(name).locator('[data-points]');
  await page.goto(`${product.url}/graphs?project=${projectId}`);
  // The latest is drawn by itself.
  await page.getByRole('checkbox', { name: 'Draw run 3' }).click();
  await expect(points('loss')).toHaveAttribute('data-points', '20');
  await page.getByRole('checkbox', { name: 'Draw run 1' }).click({ modifiers: ['Shift'] });
  await expect(points('loss')).toHaveAttribute('data-points', '40');

  await page.getByLabel('One line per').selectOption('rate');
  await expect(points('loss')).toHaveAttribute('data-points', '20');
  await expect(page.getByRole('list', { name: 'Groups' }).getByRole('button')).toHaveText([
    /rate 0\.5\s*2 runs/,
    /rate 1\.6\s*2 runs/,
  ]);
  await expect(chart('loss').getByRole('img')).toHaveAccessibleName(/rate 0\.5, mean of 2 0\.055 at step 10/);

  const first = page.getByRole('list', { name: 'Groups' }).getByRole('button').first();
  await first.hover();
  await expect(points('loss')).toHaveAttribute('data-points', '40');
  await page.getByRole('searchbox', { name: 'Find runs' }).hover();
  await expect(points('loss')).toHaveAttribute('data-points', '20');
  await page.getByRole('button', { name: 'Curves' }).click();
  await page.getByRole('menuitemradio', { name: 'Lines of the runs' }).click();
  await expect(points('loss')).toHaveAttribute('data-points', '40');
  await page.getByRole('button', { name: 'Curves' }).click();
  await page.getByRole('menuitemradio', { name: '± sd' }).click();
  await expect(points('loss')).toHaveAttribute('data-points', '20');
  await expect(page).toHaveURL(/band=sd/);

  await page.getByRole('button', { name: /^net\// }).click();
  await expect(chart('net/norm')).toBeHidden();
  await page.getByRole('button', { name: 'Curves' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Training and validation together' }).click();
  await expect(points('loss')).toHaveAttribute('data-points', '40');
  await expect(chart('val_loss')).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Find metrics' }).fill('loss');

  await page.reload();
  await expect(points('loss')).toHaveAttribute('data-points', '40');
  await expect(page).toHaveURL(/by=knobs\.rate/);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as PNG: loss' }).click();
  expect((await saving).suggestedFilename()).toBe('loss.png');

  await page.getByRole('searchbox', { name: 'Find runs' }).fill('no such run');
  await expect(page.getByRole('checkbox', { name: /^Draw run/ })).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Find runs' }).fill('');
  await expect(page.getByRole('checkbox', { name: /^Draw run/ })).toHaveCount(4);
  // A phone has the list above the charts.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole('checkbox', { name: 'Draw run 4' })).toBeInViewport();
});
