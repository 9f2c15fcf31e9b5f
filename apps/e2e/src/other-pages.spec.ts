import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, logIn, test } from './product.js';

/** What a page tries against the server, each in the way that a browser lets it. */
interface Tried {
  socket: string;
  read: string;
  change: string;
}

/** Runs in the page. */
async function attack(url: string): Promise<Tried> {
  const socket = new Promise<string>((resolve) => {
    const opened = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    opened.onmessage = ({ data }) => resolve(`heard ${String(data)}`);
    opened.onerror = () => resolve('refused');
  });
  const asked = (path: string, init: RequestInit): Promise<string> =>
    fetch(url + path, { ...init, credentials: 'include' }).then(
      async (response) => `${response.status} ${await response.text()}`,
      () => 'refused',
    );
  return {
    socket: await socket,
    read: await asked('/api/v1/projects', {}),
    change: await asked('/api/v1/projects', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"name":"stolen"}',
    }),
  };
}

test('a page on another port of this host, which has the cookie of the session, hears and changes nothing', async ({
  page,
  product,
}) => {
  await logIn(page, product);
  const own = await page.evaluate(attack, product.url);
  expect(own.socket).toContain('heard 0');
  expect(own.read).toMatch(/^200 /);

  const cookies: string[] = [];
  const elsewhere = createServer(({ headers }, response) => {
    cookies.push(headers.cookie ?? '');
    response.setHeader('content-type', 'text/html').end('<title>Elsewhere</title>');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  try {
    const other = await page.context().newPage();
    await other.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
    // Cookies know no ports: this is why pages of runs belong to another host name.
    expect(cookies[0]).toContain('mle_session=');
    expect(await other.evaluate(attack, product.url)).toEqual({
      socket: 'refused',
      read: 'refused',
      change: 'refused',
    });
  } finally {
    elsewhere.close();
    elsewhere.closeAllConnections();
  }
  expect(JSON.stringify(await product.client.json('GET', 'projects'))).not.toContain('stolen');
});

test('a name that leads here and is not ours shows no page', async ({ browser, product }) => {
  const { port } = new URL(product.url);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    // As a name server that answers with this address would make it, after the page was loaded from its own.
    await context.route('http://rebound.example/**', async (route) =>
      route.fulfill({
        response: await route.fetch({
          url: route.request().url().replace('rebound.example', `127.0.0.1:${port}`),
          headers: { ...route.request().headers(), host: 'rebound.example' },
        }),
      }),
    );
    const answer = await page.goto('http://rebound.example/');
    expect(answer?.status()).toBe(421);
    expect(await page.locator('body').textContent()).toContain('MLE_ALLOWED_HOSTS');
  } finally {
    await context.close();
  }
});
