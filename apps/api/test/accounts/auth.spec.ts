import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, type Parts, startParts } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { hashPassword } from '../../src/accounts/users/passwords.js';
import { type ApiUnderTest, PASSWORD, startApi } from '../api.js';

let parts: Parts;
let api: ApiUnderTest;
let admin: Client;
const start = () => startApi(parts, { trustedProxies: ['loopback'] });
beforeAll(async () => {
  parts = await startParts();
  api = await start();
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

const sessions = () => api.app.get<Connection>(getConnectionToken(), { strict: false }).collection('sessions');
const login = (client: Client, name: string, password = PASSWORD, headers = {}) =>
  client.post<{ id: string; code: string }>('/api/v1/auth/login', { login: name, password }, headers);

describe('the set-up link', () => {
  const file = () => join(parts.dataDir, 'setup-token');
  const token = () => readFileSync(file(), 'utf8');

  it('is good for a day, and another one is made by the next start', async () => {
    const [before, yesterday] = [token(), Date.now() / 1000 - 25 * 3600];
    utimesSync(file(), yesterday, yesterday);
    const late = await api.visitor().post('/api/v1/auth/setup', { token: before, login: 'ada', password: PASSWORD });
    expect(late).toMatchObject({ status: 403, body: { code: 'setup.expired' } });
    await api.close();
    api = await start();
    expect(token()).not.toBe(before);
  });

  it('takes no password that many have', async () => {
    const body = { token: token(), login: 'ada', password: 'Password123!' };
    expect(await api.visitor().post('/api/v1/auth/setup', body)).toMatchObject({
      status: 400,
      body: { code: 'user.common_password', errors: [{ path: 'password' }] },
    });
  });

  it('is kept for the owner of the data directory only', () => {
    expect(statSync(join(parts.dataDir, 'setup-token')).mode & 0o777).toBe(0o600);
  });

  it('makes the first user once, who is logged in as an administrator', async () => {
    admin = api.visitor();
    expect((await admin.get('/api/v1/auth/status')).body).toEqual({ setupNeeded: true });
    const wrong = await admin.post('/api/v1/auth/setup', { token: 'guessed', login: 'ada', password: PASSWORD });
    expect(wrong).toMatchObject({ status: 403, body: { code: 'setup.wrong_token' } });
    const [first, second] = await Promise.all(
      [1, 2].map(() => admin.post('/api/v1/auth/setup', { token: token(), login: 'ada', password: PASSWORD })),
    );
    expect([first?.status, second?.status].sort()).toEqual([201, 409]);
    expect((await admin.get('/api/v1/auth/me')).body).toMatchObject({ login: 'ada', role: 'admin' });
    expect((await admin.get('/api/v1/auth/status')).body).toEqual({ setupNeeded: false });
    expect(existsSync(join(parts.dataDir, 'setup-token'))).toBe(false);
  });

  it('tells each field that is wrong', async () => {
    const answer = await api.visitor().post('/api/v1/auth/setup', { token: 'x', login: 'a b', password: 'short' });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'request.invalid',
        errors: [{ path: 'login' }, { path: 'password', message: 'Use a password of at least 8 characters.' }],
      },
    });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
});

describe('sessions', () => {
  it('refuse a wrong password and an unknown login in the same words', async () => {
    const [wrong, unknown] = [
      await login(api.visitor(), 'ada', 'not the password'),
      await login(api.visitor(), 'nobody'),
    ];
    expect(wrong.status).toBe(401);
    expect({ ...wrong.body, correlationId: '' }).toEqual({ ...unknown.body, correlationId: '' });
  });

  it('are a cookie that scripts cannot read', async () => {
    const response = await fetch(`${api.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: 'ADA', password: PASSWORD }),
    });
    const [cookie = ''] = response.headers.getSetCookie().filter((each) => each.startsWith('mle_session'));
    expect(cookie).toMatch(/^mle_session=[\w-]{43}; Max-Age=2592000; Path=\/; .*HttpOnly; SameSite=Lax$/);
    const [stored] = await sessions()
      .find({}, { sort: { createdAt: -1 }, limit: 1 })
      .toArray();
    expect(JSON.stringify(stored)).not.toContain(cookie.slice(12, 55));
  });

  it('end at logout, also for a copy of the cookie', async () => {
    const client = api.visitor();
    await login(client, 'ada');
    const copy = Object.assign(api.visitor(), { cookie: client.cookie });
    expect((await copy.get('/api/v1/auth/me')).status).toBe(200);
    expect((await client.post('/api/v1/auth/logout')).status).toBe(204);
    expect(client.cookie).toBe('');
    expect((await copy.get('/api/v1/auth/me')).status).toBe(401);
  });

  it('end when their time is over', async () => {
    const client = api.visitor();
    await login(client, 'ada');
    await sessions().updateMany({}, { $set: { expiresAt: new Date(Date.now() - 1000) } });
    expect(await client.get('/api/v1/auth/me')).toMatchObject({ status: 401, body: { code: 'auth.required' } });
    await login(admin, 'ada');
  });

  it('are prolonged by use', async () => {
    const client = api.visitor();
    const { body } = await login(client, 'ada');
    const soon = new Date(Date.now() + 5 * 86_400_000);
    const newest = await sessions().findOne({}, { sort: { createdAt: -1 } });
    await sessions().updateOne({ _id: newest?._id }, { $set: { expiresAt: soon } });
    expect((await client.get('/api/v1/auth/me')).headers.getSetCookie().join()).toMatch(
      /Max-Age=(?:2592000|2591\d{3})/,
    );
    expect((await sessions().findOne({ _id: newest?._id }))?.['expiresAt'].getTime()).toBeGreaterThan(soon.getTime());
    expect(body.id).toMatch(/^[0-9a-f]{24}$/);
  });

  it('cannot be used by a page of another site', async () => {
    const crossing = { origin: 'https://evil.example' };
    for (const headers of [
      crossing,
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ]) {
      expect(await admin.post('/api/v1/projects', { name: 'stolen' }, headers)).toMatchObject({
        status: 403,
        body: { code: 'auth.cross_origin' },
      });
      expect(await login(api.visitor(), 'ada', PASSWORD, headers)).toMatchObject({ status: 403 });
    }
    expect(JSON.stringify((await admin.get('/api/v1/projects')).body)).not.toContain('stolen');
    expect((await admin.post('/api/v1/projects', { name: 'own page' }, { origin: api.url })).status).toBe(201);
  });
});

describe('a crowd that logs in at once', () => {
  const CROWD = 150;
  const from = (address: string) =>
    login(api.visitor(), 'ada', PASSWORD, { 'x-forwarded-for': address }).then(({ status, body, headers }) => ({
      status,
      code: body.code,
      retryAfter: Number(headers.get('retry-after')),
    }));
  // Each comes from an address of its own, so that nobody is held back as a guesser.
  const crowd = () => Array.from({ length: CROWD }, (_, n) => from(`198.51.${n >> 8}.${n & 255}`));

  it('is served two by two: some wait, the others hear when to come again, and files are read meanwhile', async () => {
    const { body: project } = await admin.post<{ id: string }>('/api/v1/projects', { name: 'read meanwhile' });
    const file = `/api/v1/projects/${project.id}/files/a.py`;
    await admin.put(file, 'print(1)\n');
    let over = false;
    // The line is full when they come, so that some are refused however slowly they come.
    const before = Promise.allSettled(Array.from({ length: 40 }, () => hashPassword(PASSWORD)));
    const answers = Promise.all(crowd()).finally(() => (over = true));
    let slowest = 0;
    while (!over) {
      const begun = performance.now();
      expect((await admin.get(file)).status).toBe(200);
      slowest = Math.max(slowest, performance.now() - begun);
    }
    const refused = (await answers).filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(CROWD);
    for (const { status, code, retryAfter } of refused) {
      expect([status, code]).toEqual([503, 'auth.busy']);
      expect(retryAfter).toBeGreaterThan(0);
    }
    expect(slowest).toBeLessThan(3_000);
    await before;
  });

  it('is not taken for one that guesses', async () => {
    const others = Promise.all(crowd());
    const mine = await Promise.all(Array.from({ length: 10 }, () => from('203.0.113.9')));
    expect(mine.map(({ status }) => status)).toContain(503);
    await others;
    expect(await from('203.0.113.9')).toMatchObject({ status: 200 });
  });
});

describe('users', () => {
  it('are made, changed and removed by administrators only', async () => {
    const created = await admin.post<{ id: string }>('/api/v1/users', { login: 'bob', password: PASSWORD });
    expect(created).toMatchObject({ status: 201, body: { login: 'bob', role: 'member' } });
    expect(await admin.post('/api/v1/users', { login: 'BOB', password: PASSWORD })).toMatchObject({
      status: 409,
      body: { code: 'user.login_taken' },
    });
    const bob = api.visitor();
    await login(bob, 'bob');
    for (const answer of [
      await bob.get('/api/v1/users'),
      await bob.post('/api/v1/users', { login: 'eve', password: PASSWORD }),
      await bob.patch(`/api/v1/users/${created.body.id}`, { role: 'admin' }),
      await bob.delete(`/api/v1/users/${created.body.id}`),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'auth.admin_only' } });
    }
    expect((await admin.patch(`/api/v1/users/${created.body.id}`, { role: 'admin' })).body).toMatchObject({
      role: 'admin',
    });
    expect((await bob.get('/api/v1/users')).status).toBe(200);
    await admin.patch(`/api/v1/users/${created.body.id}`, { role: 'member' });
    expect((await bob.get('/api/v1/users')).status).toBe(403);
  });

  it('lose their sessions and tokens when they are removed, which waits for their projects', async () => {
    const carol = await api.signUp('carol');
    const { body: token } = await carol.post<{ token: string }>('/api/v1/tokens', { name: 'ci' });
    const project = await carol.post<{ id: string }>('/api/v1/projects', { name: 'mine' });
    expect(await admin.delete(`/api/v1/users/${carol.userId}`)).toMatchObject({
      status: 409,
      body: { code: 'user.has_projects' },
    });
    await carol.delete(`/api/v1/projects/${project.body.id}`);
    expect((await admin.delete(`/api/v1/users/${carol.userId}`)).status).toBe(204);
    expect((await carol.get('/api/v1/auth/me')).status).toBe(401);
    expect((await api.visitor().get('/api/v1/auth/me', { authorization: `Bearer ${token.token}` })).status).toBe(401);
    expect((await login(api.visitor(), 'carol')).status).toBe(401);
  });

  it('keep one administrator', async () => {
    const { body: me } = await admin.get<{ id: string }>('/api/v1/auth/me');
    expect(await admin.patch(`/api/v1/users/${me.id}`, { role: 'member' })).toMatchObject({
      status: 409,
      body: { code: 'user.last_admin' },
    });
    expect(await admin.delete(`/api/v1/users/${me.id}`)).toMatchObject({
      status: 409,
      body: { code: 'user.last_admin' },
    });
    const dora = await api.signUp('dora');
    await admin.patch(`/api/v1/users/${dora.userId}`, { role: 'admin' });
    const both = await Promise.all([
      dora.patch(`/api/v1/users/${me.id}`, { role: 'member' }),
      admin.patch(`/api/v1/users/${dora.userId}`, { role: 'member' }),
    ]);
    expect(both.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    const { body } = await (both[0].status === 200 ? dora : admin).get<{ items: { role: string }[] }>('/api/v1/users');
    expect(body.items.filter(({ role }) => role === 'admin')).toHaveLength(1);
    if (both[0].status === 200) await dora.patch(`/api/v1/users/${me.id}`, { role: 'admin' });
  });

  it('have no password that is tried first, whoever sets it', async () => {
    const henk = await api.signUp('henk');
    for (const answer of [
      await admin.post('/api/v1/users', { login: 'ines', password: 'ines12345' }),
      await admin.patch(`/api/v1/users/${henk.userId}`, { password: 'qwertyuiop' }),
      await henk.patch('/api/v1/auth/me', { password: 'henk-henk1', currentPassword: PASSWORD }),
    ])
      expect(answer).toMatchObject({ status: 400, body: { code: 'user.common_password' } });
    expect((await login(api.visitor(), 'henk')).status).toBe(200);
  });

  it('change their own password only with the present one, and are logged out elsewhere', async () => {
    const emil = await api.signUp('emil');
    const elsewhere = api.visitor();
    await login(elsewhere, 'emil');
    expect((await elsewhere.get('/api/v1/auth/me')).status).toBe(200);
    expect(await emil.patch('/api/v1/auth/me', { password: 'a new password' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'currentPassword' }] },
    });
    expect(await emil.patch('/api/v1/auth/me', { password: 'a new password', currentPassword: 'wrong' })).toMatchObject(
      { status: 400 },
    );
    expect(
      (await emil.patch('/api/v1/auth/me', { password: 'a new password', currentPassword: PASSWORD })).status,
    ).toBe(200);
    expect((await emil.get('/api/v1/auth/me')).status).toBe(200);
    expect((await elsewhere.get('/api/v1/auth/me')).status).toBe(401);
    expect((await login(api.visitor(), 'emil')).status).toBe(401);
    expect((await login(api.visitor(), 'emil', 'a new password')).status).toBe(200);
    expect((await emil.patch('/api/v1/auth/me', { login: 'emilie' })).body).toMatchObject({ login: 'emilie' });
    expect((await emil.patch('/api/v1/auth/me', { login: 'ADA' })).status).toBe(409);
    expect((await admin.patch(`/api/v1/users/${emil.userId}`, { password: 'set by another' })).status).toBe(200);
    expect((await emil.get('/api/v1/auth/me')).status).toBe(401);
  });
});

describe('tokens', () => {
  it('stand for their user until they are taken back', async () => {
    const frida = await api.signUp('frida');
    const { status, body } = await frida.post<{ id: string; token: string }>('/api/v1/tokens', { name: 'ci' });
    expect(status).toBe(201);
    expect(body.token).toMatch(/^mle_[\w-]{43}$/);
    const bearer = { authorization: `Bearer ${body.token}` };
    expect((await api.visitor().get('/api/v1/auth/me', bearer)).body).toMatchObject({ login: 'frida' });
    // Another site cannot make a browser send it, so it needs no proof of origin.
    expect(
      (await api.visitor().post('/api/v1/projects', { name: 'by token' }, { ...bearer, origin: 'https://ci.example' }))
        .status,
    ).toBe(201);
    const { body: list } = await frida.get<{ items: object[] }>('/api/v1/tokens');
    expect(list.items).toEqual([
      {
        id: body.id,
        name: 'ci',
        scope: 'all',
        createdAt: expect.any(String),
        lastUsedAt: expect.any(String),
        expiresAt: expect.any(String),
      },
    ]);
    expect((await admin.delete(`/api/v1/tokens/${body.id}`)).status).toBe(404);
    expect((await frida.delete(`/api/v1/tokens/${body.id}`)).status).toBe(204);
    expect((await api.visitor().get('/api/v1/auth/me', bearer)).status).toBe(401);
  });

  it('are not covered up by a cookie when they are wrong', async () => {
    expect((await admin.get('/api/v1/auth/me', { authorization: 'Bearer mle_wrong' })).status).toBe(401);
    expect((await admin.get('/api/v1/auth/me', { authorization: 'Basic YTpi' })).status).toBe(401);
  });
});
