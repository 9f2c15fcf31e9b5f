import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIRST_USER, freePort, launcherProgram, LOGIN, PASSWORD } from '@mle/testing';
import { expect, FULL, output, test, writeFile } from './product.js';

// Nobody vouches for the certificate that the server made.
test.use({ ignoreHTTPSErrors: true });

test('the page is led to https, and works there', { tag: FULL }, async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), 'mle-https-page-'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const launcher = launcherProgram(folder, port, { ...FIRST_USER, MLE_TLS: '1', MLE_TLS_PORT: String(tlsPort) });
  try {
    await launcher.start();
    await page.goto(`http://127.0.0.1:${port}/login`);
    expect(new URL(page.url()).origin).toBe(`https://127.0.0.1:${tlsPort}`);
    await page.getByLabel('Login').fill(LOGIN);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    const go = page.getByRole('button', { name: 'Go on this computer' });
    await expect(go).toBeVisible();
    await writeFile(page, 'run.py', 'print("hello by https")\n');
    await go.click();
    await expect(output(page)).toContainText('hello by https');
    const cookies = await page.context().cookies();
    expect(cookies.find(({ name }) => name === '__Host-mle_session')).toMatchObject({ secure: true, httpOnly: true });
  } finally {
    await launcher.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
