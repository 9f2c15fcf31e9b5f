import type { RunView } from '@mle/protocol';
import { expect, logIn, openProject, test } from './product.js';

const program = (rate: number, hidden: number, more = ''): string => `import os
rate = ${rate}
hidden = ${hidden}
${more}for epoch in range(1, 11):
    print(f"epoch {epoch} loss={rate / epoch / hidden:.5f} accuracy={1 - rate / (epoch + 9):.4f}", flush=True)
    with open(os.path.join(os.environ["MLE_OUTPUT_DIR"], f"plot-{epoch}.svg"), "w") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80"><rect width="{epoch * 12}" height="80" fill="teal"/></svg>')
`;

test('two runs are compared by a link, and nothing is concluded where several things differ', async ({
  page,
  product,
}) => {
  const { client } = product;
  await logIn(page, product);
  const projectId = await openProject(page, product, 'Compared', { 'train.py': program(0.5, 16) });
  const ran = async (source: string): Promise<RunView> => {
    const put = await client.put(`projects/${projectId}/files/train.py`, source);
    expect(put.status).toBeLessThan(300);
    const { id } = await client.json<RunView>('POST', 'runs', { projectId, file: 'train.py' });
    const now = (): Promise<RunView> => client.json<RunView>('GET', `runs/${id}`);
    await expect.poll(async () => (await now()).state, { timeout: 60_000 }).toBe('succeeded');
    return now();
  };
  const first = await ran(program(0.5, 16));
  const second = await ran(program(1.6, 16));
  const third = await ran(program(0.5, 4, 'print("other code")\n'));

  await page.goto(`${product.url}/runs/${second.id}`);
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/compare\\?runs=${first.id},${second.id}$`));
  const conclusions = page.getByRole('list', { name: 'What follows of it' });
  await expect(conclusions).toContainText('One thing differs: rate 0.5 → 1.6. One seed each: it may be chance.');
  const rows = page.getByRole('region', { name: 'Parameters and outcome' });
  await expect(rows.getByRole('row', { name: /^rate/ })).toHaveText(/0\.5\s*≠\s*1\.6/);
  await expect(rows).toContainText('hidden');
  await expect(rows.getByRole('row', { name: /^hidden/ })).toHaveCount(0);
  await expect(rows.getByRole('row', { name: /^loss, last/ })).toContainText('+0.0069');
  const points = page.getByRole('figure', { name: 'loss', exact: true }).locator('[data-points]');
  await expect(points).toHaveAttribute('data-points', '20');

  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('menuitem', { name: `#${third.number} train.py` }).click();
  await expect(conclusions).toContainText('2 things differ: hidden 16 → 4');
  await expect(conclusions).toContainText('and the code, so this does not say which one did it');
  await expect(points).toHaveAttribute('data-points', '30');
  await page.getByLabel(`#${first.number} to`).selectOption({ label: `#${third.number}` });
  await expect(page.getByRole('region', { name: 'Changes of train.py' })).toContainText('print("other code")');
  await page.getByRole('button', { name: 'Split' }).click();
  await expect(page.locator('.cm-mergeView .cm-merge-b')).toContainText('print("other code")');

  await page.getByRole('button', { name: 'Pictures' }).click();
  const pictures = page.getByRole('region', { name: 'Pictures side by side' });
  await expect(pictures.getByRole('img', { name: 'plot-10.svg' })).toHaveCount(3);
  await page.getByRole('slider', { name: 'Step' }).fill('2');
  await expect(pictures.getByRole('img', { name: 'plot-3.svg' })).toHaveCount(3);

  await page.reload();
  await expect(pictures.getByRole('img', { name: 'plot-10.svg' })).toHaveCount(3);
  await expect(conclusions).toContainText('so this does not say which one did it');
  await page.getByRole('button', { name: `Leave out run ${third.number}` }).click();
  await expect(conclusions.getByRole('listitem')).toHaveCount(1);
});
