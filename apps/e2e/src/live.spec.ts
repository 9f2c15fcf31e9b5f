import { writeFile as writeHere } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, FULL, logIn, openProject, output, test } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));

/** Prints five epochs and writes a picture with each second one; waits in between until there is a file `go`. */
const program = (go: string): string => `import os, time, zlib, struct
rate = 0.5
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
def picture(path):
    with open(path, "wb") as f:
        f.write(b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
                + chunk(b"IDAT", zlib.compress(bytes(6))) + chunk(b"IEND", b""))
epochs = 5
for epoch in range(1, epochs + 1):
    print(f"epoch {epoch} loss={rate / epoch:.4f} val_loss={rate / epoch + 0.1:.4f}", flush=True)
    if epoch % 2 == 0:
        picture(os.path.join(os.environ["MLE_OUTPUT_DIR"], f"border-{epoch}.png"))
    if epoch == 4:
        while not os.path.exists("${go}"):
            time.sleep(0.05)
`;

const foot = (page: Page) => page.locator('mle-run-foot');
const chart = (page: Page) => page.getByRole('figure', { name: 'loss', exact: true });
const slider = (page: Page) => page.getByRole('slider', { name: 'Step of the picture' });
const goOn = (page: Page) => page.getByRole('button', { name: 'Go on this computer' });

test('chart, pictures and pace stand beside the output, with the run before in grey', async ({
  page,
  product,
}, info) => {
  const go = info.outputPath('go');
  const id = await openProject(page, product, 'Live', { 'train.py': program(go), 'README.md': '# Read me\n' });
  await goOn(page).click();
  await expect(foot(page)).toContainText('epoch 4 of 5');
  await expect(chart(page).locator('[data-points="8"]')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Lines' })).toHaveText(/loss\s*val_loss/);
  await expect(slider(page)).toHaveAttribute('aria-valuetext', 'epoch 4');
  // A text in front: Go still runs the program, and waits for the run that is there.
  await page.getByRole('treeitem', { name: 'README.md' }).click();
  await expect(page.getByRole('tab', { name: 'README.md' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('heading', { name: 'Run train.py on' })).toBeVisible();
  await product.client.putFile(id, 'train.py', program(go).replace('rate = 0.5', 'rate = 0.25'));
  await goOn(page).click();
  await expect(page.getByRole('button', { name: 'Remove run 2 on this computer' })).toBeVisible();
  await writeHere(go, '');

  await expect(page.getByRole('tab', { name: /#2 rate 0.25$/ })).toHaveAttribute('aria-selected', 'true');
  await expect(foot(page)).toContainText('val_loss 0.15, #1 had 0.2');
  await expect(foot(page)).toContainText('rate 0.5 → 0.25, nothing else differs. One seed each: it may be chance.');
  await expect(foot(page).getByRole('link', { name: 'Compare' })).toHaveAttribute('href', /\/compare\?runs=/);
  await expect(chart(page).locator('[data-points="20"]')).toBeVisible();
  await page.getByRole('button', { name: 'Beside #1' }).click();
  await expect(page.getByRole('img', { name: 'border-4.png' })).toHaveCount(2);
  await page.getByRole('button', { name: 'The picture before' }).click();
  await expect(page.getByRole('img', { name: 'border-2.png' })).toHaveCount(2);

  // A click on a point leads to its line.
  const plot = chart(page).locator('.u-over');
  await expect(async () => {
    const box = await plot.boundingBox();
    await plot.hover({ position: { x: (box?.width ?? 0) * 0.75, y: (box?.height ?? 0) / 2 } });
    const at = await chart(page).locator('.u-cursor-pt').last().boundingBox({ timeout: 1_000 });
    await page.mouse.click((at?.x ?? 0) + 4, (at?.y ?? 0) + 4);
    await expect(output(page).locator('.line.target')).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(output(page).locator('.line.target')).toContainText('epoch 4 loss=0.0625');
});

test('at 390 px the output stays in sight below its chart', { tag: FULL }, async ({ page, product }, info) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openProject(page, product, 'Narrow live', {
    'train.py': program(info.outputPath('none')).replace('epoch == 4', 'epoch == 9'),
  });
  await page.getByRole('button', { name: 'Go', exact: true }).or(goOn(page)).first().click();
  await expect(output(page)).toContainText('epoch 5 loss=0.1000');
  await expect(chart(page)).toBeInViewport();
  await expect(output(page)).toBeInViewport();
  await expect(foot(page)).toBeInViewport();
  await page.getByRole('button', { name: 'Pictures', exact: true }).click();
  await expect(page.getByRole('img', { name: 'border-4.png' })).toBeInViewport();
  await page.getByRole('button', { name: 'Chart', exact: true }).click();
  await expect(chart(page)).toBeInViewport();
});
