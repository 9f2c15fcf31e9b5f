import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Client, type Parts, startParts } from '@mle/testing';
import { type ApiUnderTest, PASSWORD, startApi } from '../api.js';

let parts: Parts;
let api: ApiUnderTest;
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts, { trustedProxies: ['loopback'] });
  for (const login of ['ada', 'bob', 'eve']) await api.signUp(login);
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

const FREE = 10;
const from = (address: string) => ({ 'x-forwarded-for': address });
const logIn = (client: Client, login: string, password: string, address = '203.0.113.1') =>
  client.post<{ code: string }>('/api/v1/auth/login', { login, password }, from(address));

/** Guesses until it is slowed, and answers after how many tries that was. */
async function guess(login: string, address: (n: number) => string, atMost: number): Promise<number> {
  const mallory = api.visitor();
  for (let n = 0; n < atMost; n++) {
    const { status } = await logIn(mallory, login, `guess ${n}`, address(n));
    if (status === 429) return n;
    expect(status).toBe(401);
  }
  return atMost;
}

/** Does what a refused person is told to do until it succeeds. */
async function patient(attempt: () => Promise<Answer<{ code: string }>>): Promise<number> {
  for (let waited = 0; ;) {
    const { status, headers, body } = await attempt();
    if (status !== 429) return status;
    expect(body.code).toBe('auth.too_many_attempts');
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect((waited += seconds)).toBeLessThan(60);
    await sleep(seconds * 1000);
  }
}

describe('whoever guesses passwords', () => {
  it('is slowed after ten, whatever the case of the login, and is answered at once', async () => {
    expect(await guess('mallory', () => '203.0.113.1', 20)).toBe(FREE);
    expect((await logIn(api.visitor(), 'Mallory', 'one more')).status).toBe(429);
  });

  it('keeps out neither the owner in a browser that was used before, nor one elsewhere', async () => {
    const known = api.visitor();
    expect((await logIn(known, 'ada', PASSWORD)).status).toBe(200);
    expect((await known.post('/api/v1/auth/logout')).status).toBe(204);
    expect(await guess('ada', () => '203.0.113.1', 20)).toBe(FREE);
    expect((await logIn(known, 'ada', PASSWORD)).status).toBe(200);
    expect((await logIn(api.visitor(), 'ada', PASSWORD, '198.51.100.7')).status).toBe(200);
  });

  it('keeps the owner waiting for seconds at the same address in a new browser', async () => {
    await guess('bob', () => '203.0.113.2', 20);
    expect(await patient(() => logIn(api.visitor(), 'bob', PASSWORD, '203.0.113.2'))).toBe(200);
    expect((await logIn(api.visitor(), 'bob', PASSWORD, '203.0.113.2')).status).toBe(200);
  });

  it('is slowed from many addresses together, and with a whole network of IPv6 as from one', async () => {
    expect(await guess('eve', (n) => `2001:db8:7:1::${n}`, 40)).toBe(FREE);
    const many = await guess('eve', (n) => `198.51.100.${n}`, 60);
    expect(many).toBeGreaterThan(0);
    expect(many).toBeLessThan(30);
    expect(await patient(() => logIn(api.visitor(), 'eve', PASSWORD, '192.0.2.77'))).toBe(200);
  });

  it('gains nothing by a cookie of its own making, or by that of another login', async () => {
    const bob = api.visitor();
    await patient(() => logIn(bob, 'bob', PASSWORD, '192.0.2.8'));
    expect(bob.device).toContain('mle_device=');
    await guess('mallory', () => '203.0.113.1', 20);
    for (const device of [bob.device, 'mle_device=abc.def', 'mle_device=.']) {
      const client = Object.assign(api.visitor(), { device });
      expect((await logIn(client, 'mallory', 'one more')).status).toBe(429);
    }
  });
});

it('without a proxy that is trusted nobody chooses the address that is counted', async () => {
  const plain = await startApi(parts);
  try {
    const attempt = (n: number) =>
      plain.visitor().post('/api/v1/auth/login', { login: 'nobody', password: `guess ${n}` }, from(`192.0.2.${n}`));
    for (let n = 0; n < FREE; n++) expect((await attempt(n)).status).toBe(401);
    expect((await attempt(FREE)).status).toBe(429);
  } finally {
    await plain.close();
  }
});
