import { once } from 'node:events';
import { EVENTS_NAMESPACE, LIMITS, type SessionView, type TokenView } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import { type Connection, Types } from 'mongoose';
import { io } from 'socket.io-client';
import { MachinesRepository } from '../../src/machines/machines.repository.js';
import { type ApiUnderTest, PASSWORD, startApi } from '../api.js';

let parts: Parts;
let api: ApiUnderTest;
let admin: Client;
let machineId: string;
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  admin = await api.signUp('ada');
  machineId = await api.app
    .get(MachinesRepository, { strict: false })
    .create({ name: 'away', provider: 'joined', credentialHash: 'f'.repeat(64) });
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

const collection = (name: string) => api.app.get<Connection>(getConnectionToken(), { strict: false }).collection(name);
const makeToken = async (client: Client, more: object = {}) =>
  (await client.json<TokenView>('POST', 'tokens', { name: 't', ...more })) as TokenView & { token: string };
const byToken = (token: string) => Object.assign(api.visitor(), { token });

/** A run that waits for its machine: whoever follows it hears nothing, for as long as one likes. */
async function waitingRun(client: Client): Promise<string> {
  const { id: projectId } = await client.createProject('followed');
  await client.putFile(projectId, 'a.py', 'print(1)\n');
  return (await client.startRun({ projectId, file: 'a.py', target: { machineId } })).id;
}

/** Opens all that stays open, and resolves when the server has ended each of them. */
async function openAll(client: Client, runId: string): Promise<{ ended: Promise<unknown>; open: () => boolean }> {
  const stream = await client.fetch(`runs/${runId}/output?follow=true`);
  expect(stream.status).toBe(200);
  const socket = io(api.url + EVENTS_NAMESPACE, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: client.token
      ? { authorization: `Bearer ${client.token}` }
      : { cookie: client.cookie, origin: api.url },
  });
  await once(socket as never, 'connect');
  let open = 2;
  const streamEnds = stream.arrayBuffer().then(
    () => open--,
    () => open--,
  );
  const socketEnds = once(socket as never, 'disconnect').then(() => open--);
  return { ended: Promise.all([streamEnds, socketEnds]), open: () => open === 2 };
}

describe('what stays open', () => {
  it('ends with the token, and with no other', async () => {
    const bob = await api.signUp('bob');
    const runId = await waitingRun(bob);
    const [first, second] = [await makeToken(bob), await makeToken(bob)];
    const [its, others] = [await openAll(byToken(first.token), runId), await openAll(byToken(second.token), runId)];
    const session = await openAll(bob, runId);
    await bob.good('DELETE', `tokens/${first.id}`);
    await its.ended;
    expect([others.open(), session.open()]).toEqual([true, true]);
    await bob.good('POST', 'auth/logout', {});
    await session.ended;
    expect(others.open()).toBe(true);
  });

  it.each<[string, (client: Client) => Promise<unknown>]>([
    [
      'a reset of the password',
      (client) => admin.good('PATCH', `users/${client.userId}`, { password: 'reset by ada' }),
    ],
    ['a log-out everywhere', (client) => client.good('DELETE', 'auth/sessions')],
    [
      'the removal of the user',
      async (client) => {
        await collection('projects').deleteMany({});
        await admin.good('DELETE', `users/${client.userId}`);
      },
    ],
  ])('ends with %s, whatever it was opened by', async (what, act) => {
    const client = await api.signUp(what.replaceAll(' ', '-'));
    const runId = await waitingRun(client);
    const { token } = await makeToken(client);
    const both = [await openAll(client, runId), await openAll(byToken(token), runId)];
    await act(client);
    await Promise.all(both.map(({ ended }) => ended));
    expect((await byToken(token).get('auth/me')).status).toBe(401);
    expect((await client.get('auth/me')).status).toBe(401);
  });

  it('ends with a change of the password, but for the browser that changed it', async () => {
    const carol = await api.signUp('carol');
    const runId = await waitingRun(carol);
    const { token } = await makeToken(carol);
    const [kept, other] = [await openAll(carol, runId), await openAll(byToken(token), runId)];
    await carol.good('PATCH', 'auth/me', { password: 'another of mine', currentPassword: PASSWORD });
    await other.ended;
    expect(kept.open()).toBe(true);
    expect((await byToken(token).get('auth/me')).status).toBe(401);
    await carol.good('DELETE', 'auth/sessions');
    await kept.ended;
  });

  it('ends when the time of its token is over', async () => {
    const dora = await api.signUp('dora');
    const runId = await waitingRun(dora);
    const { token, id } = await makeToken(dora);
    const soon = new Date(Date.now() + 1_000);
    await collection('tokens').updateOne(
      { _id: Types.ObjectId.createFromHexString(id) },
      { $set: { expiresAt: soon } },
    );
    await (
      await openAll(byToken(token), runId)
    ).ended;
    expect((await byToken(token).get('auth/me')).status).toBe(401);
  });
});

describe('a token', () => {
  it('may what its scope says, and never changes an account or makes another one', async () => {
    const { token: reads } = await makeToken(admin, { scope: 'read' });
    const { token: runs } = await makeToken(admin, { scope: 'run' });
    const { token: all } = await makeToken(admin);
    const runId = await waitingRun(admin);
    const statuses = async (token: string) => {
      const client = byToken(token);
      return [
        (await client.get('projects')).status,
        (await client.post(`runs/${runId}/stop`, {})).status,
        (await client.post('projects', { name: 'by token' })).status,
      ];
    };
    expect(await statuses(reads)).toEqual([200, 403, 403]);
    expect(await statuses(runs)).toEqual([200, 200, 403]);
    expect((await statuses(all))[2]).toBe(201);
    expect(await byToken(reads).post('projects', { name: 'x' })).toMatchObject({ body: { code: 'auth.token_scope' } });
    const [{ id }] = (await admin.json<{ items: TokenView[] }>('GET', 'tokens')).items as [TokenView];
    for (const [method, path, body] of [
      ['POST', 'tokens', { name: 'more' }],
      ['DELETE', `tokens/${id}`],
      ['PATCH', 'auth/me', { login: 'eve' }],
      ['DELETE', 'auth/sessions'],
      ['DELETE', `auth/sessions/${id}`],
      ['POST', 'users', { login: 'eve', password: PASSWORD }],
      ['PATCH', `users/${admin.userId}`, { password: PASSWORD }],
      ['DELETE', `users/${admin.userId}`],
    ] as const)
      expect([method, path, (await byToken(all).request<{ code: string }>(method, path, body)).body.code]).toEqual([
        method,
        path,
        'auth.session_only',
      ]);
  });

  it('is good for 90 days, or as long as was said; one of an earlier version has no end', async () => {
    const days = ({ expiresAt }: TokenView) => Math.round((Date.parse(expiresAt ?? '') - Date.now()) / 86_400_000);
    expect(days(await makeToken(admin))).toBe(90);
    expect(days(await makeToken(admin, { expiresInDays: 7 }))).toBe(7);
    expect((await admin.post('tokens', { name: 't', expiresInDays: 366 })).status).toBe(400);
    const old = await makeToken(admin, { scope: 'read', name: 'old' });
    await collection('tokens').updateOne({ name: 'old' }, { $unset: { expiresAt: 1, scope: 1 } });
    expect((await byToken(old.token).post('projects', { name: 'old' })).status).toBe(201);
    const { items } = await admin.json<{ items: TokenView[] }>('GET', 'tokens');
    expect(items.find(({ name }) => name === 'old')).toMatchObject({ expiresAt: null, scope: 'all' });
  });

  it(`is one of at most ${LIMITS.tokens}`, async () => {
    const erin = await api.signUp('erin');
    const made = await Promise.all(
      Array.from({ length: LIMITS.tokens + 2 }, () => erin.post<{ code: string }>('tokens', { name: 't' })),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(LIMITS.tokens);
    expect(made.filter(({ body: { code } }) => code === 'token.too_many')).toHaveLength(2);
  });
});

describe('sessions', () => {
  it('are listed with their browser, and ended one by one', async () => {
    const frida = await api.signUp('frida');
    const phone = api.visitor();
    await phone.good('POST', 'auth/login', { login: 'frida', password: PASSWORD }, { 'user-agent': 'A phone' });
    const list = async () => (await frida.json<{ items: SessionView[] }>('GET', 'auth/sessions')).items;
    const [second, first] = await list();
    expect(second).toMatchObject({ browser: 'A phone', address: '127.0.0.1', current: false });
    expect(first).toMatchObject({ current: true });
    expect((await admin.delete(`auth/sessions/${second?.id}`)).status).toBe(404);
    await frida.good('DELETE', `auth/sessions/${second?.id}`);
    expect((await phone.get('auth/me')).status).toBe(401);
    expect(await list()).toHaveLength(1);
  });

  it('end for good after ninety days, however much they are used', async () => {
    const gina = await api.signUp('gina');
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
    const newest = await collection('sessions').findOne({}, { sort: { createdAt: -1 } });
    const set = (fields: object) => collection('sessions').updateOne({ _id: newest?._id }, { $set: fields });
    await set({ createdAt: ago(85), expiresAt: new Date(Date.now() + 86_400_000) });
    expect((await gina.get('auth/me')).status).toBe(200);
    const prolonged = (await collection('sessions').findOne({ _id: newest?._id }))?.['expiresAt'] as Date;
    expect(Math.round((prolonged.getTime() - Date.now()) / 86_400_000)).toBe(5);
    const again = Object.assign(api.visitor(), { cookie: gina.cookie });
    await set({ createdAt: ago(91), expiresAt: new Date(Date.now() + 86_400_000) });
    // What was looked up a moment ago is trusted for two seconds.
    await admin.good('POST', 'auth/login', { login: 'ada', password: PASSWORD });
    await admin.good('DELETE', `tokens/${(await makeToken(admin)).id}`);
    expect((await again.get('auth/me')).status).toBe(401);
  });
});
