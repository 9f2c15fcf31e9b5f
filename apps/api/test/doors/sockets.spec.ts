import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  EVENTS_NAMESPACE,
  EVENTS_PATH,
  LIMITS,
  LINK_NAMESPACE,
  LINK_PATH,
  LINK_VERSION,
  QUEUE_PATH,
  TIMING,
} from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { WebSocket } from 'ws';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker, INVENTORY } from '../fake-worker.js';

type Fields = Record<string, string>;
interface Refused {
  status: number;
  headers: IncomingMessage['headers'];
  code: string;
  detail: string;
}

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
const sockets: WebSocket[] = [];
const workers: FakeWorker[] = [];
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts, { trustedProxies: ['loopback'] });
  ada = await api.signUp('ada');
});
afterEach(async () => {
  await Promise.all([...sockets.splice(0).map(closed), ...workers.splice(0).map((worker) => worker.close())]);
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

async function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  socket.terminate();
  await once(socket, 'close');
}

const dial = (path: string, headers: Fields = {}): WebSocket =>
  new WebSocket(`${api.url.replace('http', 'ws')}${path}?EIO=4&transport=websocket`, { headers });

/** The WebSocket below socket.io, with engine.io's greeting read. */
async function open(path: string, headers: Fields = {}): Promise<WebSocket> {
  const socket = dial(path, headers);
  sockets.push(socket);
  const [greeting] = (await once(socket, 'message')) as [Buffer];
  expect(greeting.toString()).toMatch(/^0\{/);
  return socket;
}

async function join(name: string): Promise<FakeWorker> {
  const worker = await FakeWorker.join(api, parts, name);
  workers.push(worker);
  return worker;
}

/** The answer to a handshake that is refused over HTTP. */
async function refusal(path: string, headers: Fields = {}): Promise<Refused> {
  const socket = dial(path, headers);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  let body = '';
  for await (const piece of response) body += String(piece);
  expect(response.headers['content-type']).toBe('application/problem+json');
  return { ...(JSON.parse(body) as Refused), headers: response.headers };
}

/** The next packet that is no ping. */
async function packet(socket: WebSocket): Promise<string> {
  for (;;) {
    const [data] = (await once(socket, 'message')) as [Buffer];
    if (data.toString() !== '2') return data.toString();
    socket.send('3');
  }
}

/** Resolves when the server has closed the connection; a close that takes longer than `ms` fails. */
async function end(socket: WebSocket, ms = 2_000): Promise<void> {
  socket.on('error', () => undefined);
  if (socket.readyState !== WebSocket.CLOSED) await once(socket, 'close', { signal: AbortSignal.timeout(ms) });
}

const linkAuth = (auth: object): string =>
  `40${LINK_NAMESPACE},${JSON.stringify({ linkVersion: LINK_VERSION, ...auth })}`;
/** As a browser sends it. */
const cookie = (): Fields => ({ cookie: ada.cookie, origin: api.url });

describe('the sockets of browsers', () => {
  it.each([
    ['nobody', () => ({})],
    ['a cookie that is no session', () => ({ cookie: 'mle_session=invented' })],
    ['a token that is none', () => ({ authorization: 'Bearer mle_invented' })],
    ['a wrong token beside a good cookie', () => ({ ...cookie(), authorization: 'Bearer mle_invented' })],
  ])('are refused at the handshake for %s', async (_who, headers) => {
    expect(await refusal(EVENTS_PATH, headers())).toMatchObject({
      status: 401,
      code: 'auth.required',
      detail: 'Log in first, or send a token as Authorization: Bearer mle_….',
    });
  });

  it.each(['https://evil.example', 'http://127.0.0.1:1', 'http://localhost', 'null'])(
    'are refused for a page of %s, which has the cookie too',
    async (origin) => {
      const refused = { status: 403, code: 'auth.cross_origin' };
      for (const path of [EVENTS_PATH, LINK_PATH, QUEUE_PATH])
        expect(await refusal(path, { ...cookie(), origin })).toMatchObject(refused);
      await open(EVENTS_PATH, cookie());
    },
  );

  it('are refused with a cookie that comes without the name of a page: every browser gives one', async () => {
    expect(await refusal(EVENTS_PATH, { cookie: ada.cookie })).toMatchObject({ status: 401, code: 'auth.required' });
  });

  it('are refused where the address names another server, as those of workers are not', async () => {
    const elsewhere = { host: 'evil.example', origin: 'http://evil.example' };
    expect(await refusal(EVENTS_PATH, { ...cookie(), ...elsewhere })).toMatchObject({ status: 421 });
    await open(LINK_PATH, { host: 'lab.example' });
    expect(await refusal(QUEUE_PATH, { host: 'lab.example' })).toMatchObject({ status: 401 });
  });

  it('are not offered by polling', async () => {
    const [response] = (await once(get(`${api.url}${EVENTS_PATH}?EIO=4&transport=polling`), 'response')) as [
      IncomingMessage,
    ];
    response.resume();
    expect(response.statusCode).toBe(404);
  });

  it('open for a session and for a token', async () => {
    const { body } = await ada.post<{ token: string }>('/api/v1/tokens', { name: 't' });
    for (const headers of [cookie(), { authorization: `Bearer ${body.token}` }]) {
      const socket = await open(EVENTS_PATH, headers);
      socket.send(`40${EVENTS_NAMESPACE},`);
      expect(await packet(socket)).toContain(`40${EVENTS_NAMESPACE},{"sid"`);
    }
  });

  it('carry small messages without attachments', async () => {
    const large = await open(EVENTS_PATH, cookie());
    large.send(`42${EVENTS_NAMESPACE},["watch","${'x'.repeat(LIMITS.browserMessageBytes)}"]`);
    await end(large);
    const attached = await open(EVENTS_PATH, cookie());
    attached.send(`451-${EVENTS_NAMESPACE},["watch",{"_placeholder":true,"num":0}]`);
    await end(attached);
  });
});

describe('the links of workers', () => {
  it('are closed when no hello comes in time', async () => {
    const silent = await open(LINK_PATH);
    const begun = performance.now();
    const { token } = (await ada.post<{ token: string }>('/api/v1/machines/join-tokens')).body;
    const mute = await open(LINK_PATH);
    mute.send(linkAuth({ joinToken: token }));
    expect(await packet(mute)).toContain('{"sid"');
    await Promise.all([end(silent, 10_000), end(mute, 10_000)]);
    expect(performance.now() - begun).toBeGreaterThan(TIMING.helloMs - 500);
  });

  it('are closed when a hello is refused and no better one follows @full', async () => {
    const socket = await open(LINK_PATH);
    socket.send(linkAuth({ joinToken: 'mlj_invented' }));
    await packet(socket);
    const hello = { version: '1', name: 'lab', inventory: INVENTORY, properties: {}, attempts: [] };
    socket.send(`42${LINK_NAMESPACE},1["hello",${JSON.stringify(hello)}]`);
    expect(await packet(socket)).toContain('Make a new one on the Machines page');
    await end(socket, 10_000);
  });

  it('stay open for a worker that said hello @full', async () => {
    const worker = await join('stays');
    await sleep(TIMING.helloMs + 1_000);
    expect(worker.link.connected).toBe(true);
  });

  it('take little from whoever has not proved who it is, and what the link carries from the others', async () => {
    const stranger = await open(LINK_PATH);
    stranger.send(Buffer.alloc(LIMITS.strangerBytes + 1));
    await end(stranger);
    const { credential } = await join('large');
    const known = await open(LINK_PATH);
    known.send(linkAuth({ credential }));
    await packet(known);
    known.send(`42${LINK_NAMESPACE},["inventory","${'x'.repeat(LIMITS.linkMessageBytes - 100)}"]`);
    known.send(`42${LINK_NAMESPACE},7["hello",{}]`);
    expect(await packet(known)).toContain(`43${LINK_NAMESPACE},7[{"ok":false`);
    known.send('x'.repeat(LIMITS.linkMessageBytes + 1));
    await end(known);
  });

  it('carry one attachment beside a message', async () => {
    const { credential } = await join('attaches');
    const socket = await open(LINK_PATH);
    socket.send(linkAuth({ credential }));
    await packet(socket);
    socket.send(`451-${LINK_NAMESPACE},["output",{},{"_placeholder":true,"num":0}]`);
    socket.send(Buffer.alloc(10));
    socket.send(`42${LINK_NAMESPACE},8["hello",{}]`);
    expect(await packet(socket)).toContain(`43${LINK_NAMESPACE},8`);
    socket.send(`452-${LINK_NAMESPACE},["output",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`);
    await end(socket);
  });

  it('are limited for each address while nobody has said who they are', async () => {
    const from = (address: string): Fields => ({ 'x-forwarded-for': address });
    const first = await open(LINK_PATH, from('198.51.100.1'));
    for (let n = 1; n < LIMITS.strangersPerAddress; n++) await open(LINK_PATH, from('198.51.100.1'));
    const refused = await refusal(LINK_PATH, from('198.51.100.1'));
    expect(refused).toMatchObject({ status: 429, code: 'sockets.too_many_of_address' });
    expect(refused.detail).toContain('Too many connections are open from your address.');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await open(LINK_PATH, from('198.51.100.2'));
    await closed(first);
    await open(LINK_PATH, from('198.51.100.1'));
  });
});

it.each([
  ['browsers', EVENTS_PATH],
  ['workers', LINK_PATH],
])('the namespace / serves no %s', async (_who, path) => {
  const socket = await open(path, cookie());
  socket.send('40');
  expect(await packet(socket)).toContain('no such namespace');
});

it('a path that nobody serves is none', async () => {
  expect(await refusal('/sockets/')).toMatchObject({ status: 404 });
});
