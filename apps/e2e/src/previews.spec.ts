import { expect, logIn, openProject, test } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));

const NOTEBOOK = JSON.stringify({
  nbformat: 4,
  cells: [
    { cell_type: 'markdown', source: '# In a cell' },
    {
      cell_type: 'code',
      source: 'table',
      execution_count: 7,
      outputs: [
        {
          output_type: 'execute_result',
          data: { 'text/html': '<table><tr><td>of pandas</td></tr></table><script>alert(1)</script>' },
        },
      ],
    },
  ],
});

test('Markdown, notebooks and tables are shown rendered, and nothing in them runs', async ({ page, product }) => {
  const rows = Array.from({ length: 40_000 }, (_, i) => `${i},"value, ${i}"`);
  const id = await openProject(page, product, 'Previews', {
    'README.md': '# Read me\n\nSee [the table](data/rows.csv).\n\n<script>alert(1)</script>\n',
    'work.ipynb': NOTEBOOK,
    'data/rows.csv': `index,words\n${rows.join('\n')}\n`,
  });
  await page.getByRole('treeitem', { name: 'work.ipynb' }).click();
  await expect(page.getByRole('heading', { name: 'In a cell' })).toBeVisible();
  await expect(page.getByRole('cell', { name: 'of pandas' })).toBeVisible();
  await expect(page.locator('mle-notebook-view script')).toHaveCount(0);

  await page.getByRole('treeitem', { name: 'README.md' }).click();
  await expect(page.getByRole('heading', { name: 'Read me' })).toBeVisible();
  await expect(page.locator('.mle-markdown script')).toHaveCount(0);
  await page.getByRole('button', { name: 'Source' }).click();
  await expect(page.getByRole('textbox', { name: 'Code of README.md' })).toContainText('<script>alert(1)</script>');
  await page.getByRole('button', { name: 'Rendered' }).click();
  await page.getByRole('link', { name: 'the table' }).click();

  const table = page.getByRole('region', { name: 'Table of data/rows.csv' });
  await expect(table.getByRole('columnheader')).toHaveText(['index', 'words']);
  await expect(table.getByRole('cell', { name: 'value, 3', exact: true })).toBeVisible();
  await table.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await expect(table.getByRole('cell', { name: 'value, 39999', exact: true })).toBeVisible();
  expect(id).not.toBe('');
});
