import { once } from 'node:events';
import {
  type BrowserToServer,
  EVENTS_NAMESPACE,
  LIMITS,
  type ProjectView,
  type ServerToBrowser,
  type TokenView,
} from '@mle/protocol';
import { type Parts, startParts } from '@mle/testing';
import { io, type Socket } from 'socket.io-client';
import { type ApiUnderTest, startApi } from '../api.js';

type Browser = Socket<ServerToBrowser, BrowserToServer>;

describe('the events of a browser', () => {
  let parts: Parts;
  let api: ApiUnderTest;
  const sockets: Browser[] = [];

  beforeAll(async () => {
    parts = await startParts();
    api = await startApi(parts);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.disconnect();
  });
  afterAll(async () => {
    await api?.close();
    await parts?.stop();
  });

  function connect(extraHeaders: Record<string, string>): Browser {
    const socket: Browser = io(api.url + EVENTS_NAMESPACE, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: { origin: api.url, ...extraHeaders },
    });
    sockets.push(socket);
    return socket;
  }

  it('reach their owner only', async () => {
    const [ada, bob] = [await api.signUp('ada'), await api.signUp('bob')];
    const [hers, his] = [connect({ cookie: ada.cookie }), connect({ cookie: bob.cookie })];
    await Promise.all([once(hers as never, 'connect'), once(his as never, 'connect')]);
    const seen: string[] = [];
    his.on('project.changed', ({ name }) => seen.push(name));
    const told = once(hers as never, 'project.changed');
    await ada.post<ProjectView>('/api/v1/projects', { name: 'secret' });
    expect(((await told)[0] as ProjectView).name).toBe('secret');
    const own = once(his as never, 'project.changed');
    await bob.post('/api/v1/projects', { name: 'own' });
    await own;
    expect(seen).toEqual(['own']);
  });

  it('let nobody watch the run of another user', async () => {
    const carol = await api.signUp('carol');
    const socket = connect({ cookie: carol.cookie });
    await once(socket as never, 'connect');
    expect(await socket.emitWithAck('watch', { runId: 'a'.repeat(24) })).toEqual({
      ok: false,
      message: 'There is no such run.',
    });
  });

  it('answer many requests in turn, and close a connection on which too many wait @full', async () => {
    const eve = await api.signUp('eve');
    const socket = connect({ cookie: eve.cookie });
    await once(socket as never, 'connect');
    const watch = () => socket.timeout(20_000).emitWithAck('metrics.watch', { runId: 'a'.repeat(24) });
    const many = await Promise.all(Array.from({ length: LIMITS.browserRequestsWaiting }, watch));
    expect(new Set(many.map((reply) => !reply.ok && reply.message))).toEqual(new Set(['There is no such run.']));

    const ended = once(socket as never, 'disconnect');
    const flood = Array.from({ length: 20_000 }, () => watch().catch(() => null));
    const begun = performance.now();
    expect((await eve.get('/api/v1/auth/me')).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(await ended).toContain('io server disconnect');
    expect(await Promise.all(flood)).toContainEqual({
      ok: false,
      message: 'Too many requests wait on this connection. It is closed: connect again.',
    });
  });

  it('end with the session or the token that they came by @full', async () => {
    const dora = await api.signUp('dora');
    const { body } = await dora.post<TokenView>('/api/v1/tokens', { name: 't' });
    const byToken = connect({ authorization: `Bearer ${body.token}` });
    await once(byToken as never, 'connect');
    const tokenEnds = once(byToken as never, 'disconnect');
    await dora.delete(`/api/v1/tokens/${body.id}`);
    await tokenEnds;
    const bySession = connect({ cookie: dora.cookie });
    await once(bySession as never, 'connect');
    const sessionEnds = once(bySession as never, 'disconnect');
    await dora.post('/api/v1/auth/logout', {});
    await sessionEnds;
  });
});
