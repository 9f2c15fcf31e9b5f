import { once } from 'node:events';
import {
  type BrowserToServer,
  EVENTS_NAMESPACE,
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

  function connect(cookie: string, auth: object = {}): Browser {
    const socket: Browser = io(api.url + EVENTS_NAMESPACE, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth,
      ...(cookie && { extraHeaders: { cookie } }),
    });
    sockets.push(socket);
    return socket;
  }

  it('need a log-in', async () => {
    const [error] = (await once(connect('') as never, 'connect_error')) as [Error];
    expect(error.message).toBe('Log in first.');
  });

  it('reach their owner only', async () => {
    const [ada, bob] = [await api.signUp('ada'), await api.signUp('bob')];
    const [hers, his] = [connect(ada.cookie), connect(bob.cookie)];
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
    const socket = connect(carol.cookie);
    await once(socket as never, 'connect');
    expect(await socket.emitWithAck('watch', { runId: 'a'.repeat(24) })).toEqual({
      ok: false,
      message: 'There is no such run.',
    });
  });

  it('end with the session or the token that they came by @full', async () => {
    const dora = await api.signUp('dora');
    const { body } = await dora.post<TokenView>('/api/v1/tokens', { name: 't' });
    const byToken = connect('', { token: body.token });
    await once(byToken as never, 'connect');
    const tokenEnds = once(byToken as never, 'disconnect');
    await dora.delete(`/api/v1/tokens/${body.id}`);
    await tokenEnds;
    const bySession = connect(dora.cookie);
    await once(bySession as never, 'connect');
    const sessionEnds = once(bySession as never, 'disconnect');
    await dora.post('/api/v1/auth/logout', {});
    await sessionEnds;
  });
});
