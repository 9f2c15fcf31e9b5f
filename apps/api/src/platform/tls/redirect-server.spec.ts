import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config/config.js';
import { redirectServer } from './redirect-server.js';

let server: Server;
async function started(publicUrl: string | null): Promise<string> {
  const config = { host: '127.0.0.1', publicUrl, allowedHosts: [] } as Partial<Config> as Config;
  server = redirectServer(config, 8443);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => server.close());

const browser = { accept: 'text/html,*/*' };
const ask = (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init });

it('leads a browser to the same page by https', async () => {
  const url = await started(null);
  const { status, headers } = await ask(`${url}/runs/7?tab=code`, { headers: browser });
  expect([status, headers.get('location')]).toEqual([308, 'https://127.0.0.1:8443/runs/7?tab=code']);
});

it('leads to the public address where there is one, and never to another server', async () => {
  const url = await started('https://ml.example.org');
  for (const path of ['//evil.example/', '/\\evil.example']) {
    const { headers } = await ask(`${url}${path}`, { headers: browser });
    expect(headers.get('location')).toMatch(/^https:\/\/ml\.example\.org\/(?![/\\])/);
  }
});

it.each([
  ['a program', { method: 'GET' }],
  ['a form', { method: 'POST', headers: browser }],
])('tells %s the address, and repeats nothing by https', async (_who, init) => {
  const response = await ask(`${await started(null)}/api/v1/runs`, init);
  expect([response.status, response.headers.get('location')]).toEqual([426, null]);
  expect(await response.text()).toContain('https://127.0.0.1:8443');
});
