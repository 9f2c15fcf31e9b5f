import { expect, logIn, test, writeFile } from './product.js';

const PROGRAM = `
for epoch in range(1, 5):
    print(f"epoch {epoch} loss={1 / epoch:.4f} accuracy={1 - 1 / (epoch + 9):.4f}")
    print(f"  reached {epoch * 10} points in round {epoch}")
print("Test accuracy: 0.912")
`;

test('what was found stands with its line, is hidden and renamed, and a pattern adds a curve', async ({
  page,
  product,
}) => {
  await logIn(page, product);
  await writeFile(page, 'found.py', PROGRAM);
  await page.getByRole('button', { name: 'Go on this computer' }).click();
  const newest = async () => (await product.client.json<{ items: { id: string }[] }>('GET', 'runs?limit=1')).items[0];
  await expect.poll(newest, { timeout: 30_000 }).toBeDefined();
  await page.goto(`${product.url}/runs/${(await newest())?.id}?tab=found`);
  const found = page.getByRole('complementary', { name: 'Found in your output' });
  await expect(found.getByText('Test accuracy', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(found.getByRole('button', { name: /^line \d+$/ })).toHaveCount(3);

  await found.getByRole('button', { name: 'Hide accuracy' }).click();
  await expect(found.getByRole('button', { name: 'Show accuracy' })).toBeVisible();
  await found.getByRole('button', { name: 'Change loss' }).click();
  await found.getByLabel('Name').fill('train/loss');
  await found.getByRole('button', { name: 'Save for this project' }).click();
  await expect(found.getByText('train/loss')).toBeVisible();

  await found.getByRole('button', { name: 'Add' }).click();
  await found.getByLabel(/^Pattern/).fill('reached {points} points in round {x}');
  await expect(found.getByText(/Reads 4 of \d+ lines/)).toBeVisible();
  await found.getByRole('button', { name: 'Save for this project' }).click();
  await expect(found.getByText('points', { exact: true })).toBeVisible();

  await page.getByRole('tab', { name: 'Graphs' }).click();
  await expect(page.getByRole('figure', { name: 'train/loss' })).toBeVisible();
  await expect(page.getByRole('figure', { name: 'points' })).toBeVisible();
  await expect(page.getByRole('figure', { name: 'accuracy', exact: true })).toHaveCount(0);
  await expect(page.getByLabel('Final values')).toContainText('0.912');
});
