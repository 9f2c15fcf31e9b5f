import type { Page as List, RunView } from '@mle/protocol';
import type { Page } from '@playwright/test';
import { expect, logIn, openProject, output, test } from './product.js';

test.beforeEach(async ({ page, product }) => logIn(page, product));

/** Ignores Ctrl-C, so that only a SIGKILL ends it. */
const PROGRAM = `import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
hidden = 8
learning_rate = 0.5
print(f"rate is {learning_rate}", flush=True)
time.sleep(600)
`;
const code = (page: Page) => page.getByRole('textbox', { name: 'Code of train.py' });

/** A finger goes to the right from a point. */
async function slide(page: Page, { x, y }: { x: number; y: number }, steps: number[]): Promise<void> {
  const screen = await page.context().newCDPSession(page);
  await screen.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  await screen.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
  for (const px of steps)
    await screen.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: x + px, y }] });
  await screen.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await screen.send('Emulation.setTouchEmulationEnabled', { enabled: false });
}

test('a number is turned by keys, by dragging and by a finger, as one step of undo, and runs at each rest', async ({
  page,
  product,
}) => {
  const id = await openProject(page, product, 'Dial', { 'train.py': PROGRAM });
  const number = page.locator('.cm-knob').nth(1);
  await expect(number).toHaveText('0.5');
  await number.click();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(number).toHaveText('1.6');
  await page.keyboard.press('Alt+ArrowDown');
  await expect(number).toHaveText('0.5');
  const box = await number.boundingBox();
  if (!box) throw new Error('There is no number.');
  await page.mouse.move(box.x + 4, box.y + 8);
  await page.mouse.down();
  for (const px of [10, 40, 80]) await page.mouse.move(box.x + 4 + px, box.y + 8);
  await page.mouse.up();
  await expect(number).not.toHaveText('0.5');
  await page.keyboard.press('Control+z');
  await expect(number).toHaveText('0.5');
  await slide(page, { x: box.x + 4, y: box.y + 8 }, [10, 40, 80]);
  await expect(number).not.toHaveText('0.5');
  await page.keyboard.press('Control+z');
  await expect(number).toHaveText('0.5');

  await expect(page.locator('.cm-knobDot')).toHaveCount(2);
  await expect(page.getByText('2 knobs found')).toBeVisible();

  await page.getByRole('checkbox', { name: 'Run while I turn learning_rate' }).check();
  await code(page).focus();
  await number.click();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(output(page)).toContainText('rate is 1.6');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(output(page)).toContainText('rate is 5.0');
  const { items } = await product.client.json<List<RunView>>('GET', `runs?projectId=${id}`);
  expect(items.map(({ role }) => role)).toEqual(['dial', 'dial']);
  await page.getByRole('button', { name: /^Stop run \d+ on this computer$/ }).click();
  await expect(page.getByText(/^stopped/).first()).toBeVisible();
  await number.click();
  await page.keyboard.press('Alt+v');
  await expect(page.getByRole('radio', { name: /^learning_rate/ })).toBeChecked();

  // Beside what the last run of the file had, where the hand's own runs do not count.
  await product.client.ended(
    (
      await product.client.startRun({
        projectId: id,
        file: 'train.py',
        params: { learning_rate: 0.05 },
        timeoutSeconds: 1,
      })
    ).id,
  );
  await number.click();
  await expect(page.locator('.cm-dialRow')).toContainText('0.05 in #3');
  await expect(page.getByTitle('learning_rate was 0.05 in #3')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.locator('.cm-dialRow').getByRole('button', { name: 'Vary' }).click();
  await expect(page.getByRole('radio', { name: /^learning_rate/ })).toBeChecked();
});
