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
  await expect(conclusions).toContainText('rate 0.5 → 1.6: loss +0.0069 with one seed each; it may be chance.');
  await expect(conclusions.getByRole('button', { name: 'Again with 3 seeds' })).toBeEnabled();
  const rows = page.getByRole('region', { name: 'Parameters and outcome' });
  await expect(rows.getByRole('row', { name: /^rate/ })).toHaveText(/0\.5\s*≠\s*1\.6/);
  await expect(rows).toContainText('hidden');
  await expect(rows.getByRole('row', { name: /^hidden/ })).toHaveCount(0);
  await expect(rows.getByRole('row', { name: /^loss, last/ })).toContainText('+0.0069');
  const points = page.getByRole('figure', { name: 'loss', exact: true }).locator('[data-points]');
  await expect(points).toHaveAttribute('data-points', '20');

  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('menuitem', { name: `#${third.number} train.py` }).click();
  await expect(conclusions).toContainText(
    'hidden 16 → 4: nothing can be said of loss, because code train.py differs too',
  );
  await expect(conclusions).toContainText('A run that differs in hidden alone would tell what that does.');
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

  const against = page.getByRole('region', { name: 'Parameters against outcome' });
  await against.getByRole('slider', { name: 'rate, highest kept' }).press('ArrowDown');
  await expect(against).toContainText('2 of 3 runs kept');
  await against.getByLabel('Colour').selectOption('hidden');
  await against.getByRole('button', { name: 'Table' }).click();
  const values = against.getByRole('region', { name: 'Values of the runs' });
  await expect(values.getByRole('row')).toHaveText([/^Run/, /#1\s*0\.5\s*16/, /#3\s*0\.5\s*4/]);

  await page.reload();
  await expect(values.getByRole('row')).toHaveCount(3);
  await expect(against.getByLabel('Colour')).toHaveValue('hidden');
  await against.getByRole('button', { name: 'Keep all' }).click();
  await expect(values.getByRole('row')).toHaveCount(4);
  await expect(pictures.getByRole('img', { name: 'plot-10.svg' })).toHaveCount(3);
  await expect(conclusions).toContainText('nothing can be said of loss');
  await page.getByRole('button', { name: `Leave out run ${third.number}` }).click();
  await expect(conclusions.getByRole('listitem')).toHaveCount(1);
  await against.getByRole('button', { name: `Compare run ${third.number} too` }).click();
  await expect(conclusions.getByRole('listitem')).toHaveCount(2);

  await conclusions.getByRole('button', { name: 'Again with 3 seeds' }).click();
  await expect(page.getByRole('heading', { name: 'Compare 7 runs' })).toBeVisible();
  await expect(conclusions).toContainText('Your program does not use the seed', { timeout: 60_000 });
});
