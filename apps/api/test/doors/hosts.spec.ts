import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import type { JoinTokenView } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { type ApiUnderTest, PASSWORD, startApi } from '../api.js';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts, { publicUrl: null, allowedHosts: ['ml.lab.example'] });
  ada = await api.signUp('ada');
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

/** A request to this server by another name, which fetch does not let anybody choose. */
async function as(host: string, path: string, method = 'GET'): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(api.url);
  const outgoing = request({ hostname, port, path, method, headers: { host, cookie: ada.cookie } });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, text: await text(response) };
}

const port = () => new URL(api.url).port;

describe('the name in the address', () => {
  it.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '10.9.8.7',
    '127.0.0.1@evil.example',
    '[::2]',
  ])('is refused when it is %s, and how to allow it is said', async (host) => {
    for (const path of ['/', '/api/v1/projects', '/api/v1/auth/status', '/worker/install.sh', '/some/page']) {
      const answer = await as(host, path);
      expect([path, answer.status]).toEqual([path, 421]);
      expect(answer.text).toContain('MLE_ALLOWED_HOSTS');
      expect(answer.text).not.toContain(host);
    }
  });

  it.each([
    'localhost',
    'LOCALHOST:1234',
    'mle.localhost',
    '127.0.0.1',
    '127.0.1.1',
    '[::1]:8080',
    'ML.lab.example:443',
  ])('is taken when it is %s', async (host) => {
    expect((await as(host, '/api/v1/projects')).status).toBe(200);
  });

  it('does not matter to whoever watches the server', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await as('10.0.0.7', path)).status).not.toBe(421);
    expect((await as('10.0.0.7', '/healthz/../api/v1/projects')).status).toBe(421);
  });

  it('stands in the command by which a machine joins only when it is one of ours', async () => {
    const join = (host: string) => as(host, '/api/v1/machines/join-tokens', 'POST');
    const { command } = JSON.parse((await join(`ml.lab.example:${port()}`)).text) as JoinTokenView;
    expect(command).toContain(`http://ml.lab.example:${port()}`);
    expect((await join('evil.example')).status).toBe(421);
  });
});

describe('a server that listens everywhere', () => {
  it('is known by the addresses of its computer and no other', async () => {
    const open = await startApi(parts, { host: '0.0.0.0' });
    try {
      const own = Object.values(networkInterfaces())
        .flatMap((list) => list ?? [])
        .filter(({ family }) => family === 'IPv4');
      for (const { address } of own)
        expect((await fetch(`http://${address}:${new URL(open.url).port}/api/v1/auth/status`)).status).toBe(200);
      const { hostname, port: its } = new URL(open.url);
      const outgoing = request({ hostname, port: its, path: '/', headers: { host: '203.0.113.9' } }).end();
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      expect([response.resume().statusCode]).toEqual([421]);
    } finally {
      await open.close();
    }
  });
});

describe('a server with an https address', () => {
  it('keeps its session in a cookie that no other host and no plain page can set', async () => {
    const secure = await startApi(parts, { publicUrl: 'https://mle.example' });
    try {
      const response = await fetch(`${secure.url}/api/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login: 'ada', password: PASSWORD }),
      });
      const cookies = response.headers.getSetCookie();
      const [session = ''] = cookies.filter((cookie) => cookie.includes('session'));
      expect(session).toMatch(/^__Host-mle_session=[\w-]{43}; .*Path=\/; .*HttpOnly; Secure; SameSite=Lax$/);
      expect(cookies.join()).not.toMatch(/domain=/i);
      const [pair = ''] = session.split(';');
      const me = (cookie: string) => fetch(`${secure.url}/api/v1/auth/me`, { headers: { cookie } });
      expect((await me(pair)).status).toBe(200);
      expect((await me(pair.replace('__Host-', ''))).status).toBe(401);
    } finally {
      await secure.close();
    }
  });
});
