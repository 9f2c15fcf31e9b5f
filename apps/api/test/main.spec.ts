import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, type Parts, startParts } from '@mle/testing';

const ROOT = resolve(import.meta.dirname, '../../..');
let parts: Parts;
let folder: string;
let bundle: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  // Inside the workspace, where the bundle finds its packages.
  folder = mkdtempSync(join(ROOT, 'dist', 'api-main-'));
  bundle = join(folder, 'main.mjs');
  execFileSync(process.execPath, ['tools/bundle.mjs', 'apps/api/src/main.ts', bundle], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] },
  });
  parts = await startParts();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await parts?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({
  PATH: process.env['PATH'] ?? '',
  MONGODB_URI: parts.mongodbUri,
  REDIS_URL: parts.redisUrl,
  MLE_DATA_DIR: parts.dataDir,
  MLE_PORT: '0',
});

function start(env: Record<string, string>, args: string[] = [], stdin = ''): ChildProcess {
  const child = spawn(process.execPath, [bundle, ...args], {
    env: { ...environment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(stdin);
  children.push(child);
  return child;
}
async function ended(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (text) => (out += String(text)));
  child.stderr?.on('data', (text) => (err += String(text)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}
async function ready(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) {
    const { msg, url } = JSON.parse(line) as { msg: string; url: string };
    if (msg === 'api ready') return url;
  }
  throw new Error('the server ended before it was ready');
}

it('a bad environment ends the start with every name and what is allowed', async () => {
  const { code, err } = await ended(start({ MLE_PORT: 'eighty', MLE_LOST_AFTER_SECONDS: '0' }));
  expect(code).toBe(2);
  expect(err.trim().split('\n')).toEqual([
    expect.stringMatching(/^MLE_PORT .* 0 to 65535/),
    expect.stringMatching(/^MLE_LOST_AFTER_SECONDS .* 2 to 86400/),
  ]);
});

it('a port in use is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, err } = await ended(start({ MLE_PORT: String(port) }));
  other.close();
  expect({ code, err }).toEqual({
    code: 2,
    err: `Port ${port} of 127.0.0.1 is in use by another program. End that program, or set MLE_PORT to a free port.\n`,
  });
});

it('an absent database is told in a sentence @full', async () => {
  const { code, err } = await ended(
    start({
      MONGODB_URI: `mongodb://${encodeURIComponent(join(parts.dataDir, 'none.sock'))}/mle?directConnection=true`,
    }),
  );
  expect({ code, err }).toEqual({ code: 1, err: 'The database does not answer. Start it, or correct MONGODB_URI.\n' });
});

it('users are added and their passwords reset from the command line @full', async () => {
  expect(await ended(start({}, ['--user-add', 'ada'], 'first password\n'))).toMatchObject({
    code: 0,
    out: 'Added ada as admin.\n',
    err: '',
  });
  expect(await ended(start({}, ['--user-add', 'bob'], 'first password'))).toMatchObject({
    code: 0,
    out: 'Added bob as member.\n',
  });
  expect(await ended(start({}, ['--user-add', 'ada'], 'second password'))).toMatchObject({
    code: 0,
    out: 'Set the password of ada.\n',
  });
  expect(await ended(start({}, ['--user-add', 'ada'], 'short'))).toMatchObject({
    code: 2,
    err: 'Use a password of at least 8 characters.\n',
  });
  expect(await ended(start({}, ['--user-add', 'a b'], 'first password'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('a b is no login'),
  });
  expect(await ended(start({}, ['--what']))).toMatchObject({ code: 2, err: expect.stringContaining('Usage') });
  const server = start({});
  const client = new Client(await ready(server));
  expect((await client.post('/api/v1/auth/login', { login: 'ada', password: 'first password' })).status).toBe(401);
  expect((await client.post('/api/v1/auth/login', { login: 'ada', password: 'second password' })).body).toMatchObject({
    role: 'admin',
  });
  server.kill('SIGTERM');
  expect((await ended(server)).code).toBe(0);
});

it('it ends with its launcher, and keeps what it had', async () => {
  expect((await ended(start({}, ['--user-add', 'first'], 'correct horse battery'))).code).toBe(0);
  const server = start({ MLE_LIFELINE_FD: '3', MLE_ADMIN_LOGIN: 'nobody', MLE_ADMIN_PASSWORD: 'not needed any more' });
  const client = new Client(await ready(server));
  expect((await client.get('/api/v1/auth/status')).body).toEqual({ setupNeeded: false });
  // The first user is there already: the environment makes no second one.
  expect((await client.post('/api/v1/auth/login', { login: 'nobody', password: 'not needed any more' })).status).toBe(
    401,
  );
  const end = ended(server);
  (server.stdio[3] as { destroy(): void } | null)?.destroy();
  expect((await end).code).toBe(0);
  expect(existsSync(join(parts.dataDir, 'setup-token'))).toBe(false);
});

it('the environment makes the first user', async () => {
  const fresh = await startParts();
  try {
    const server = start({
      MONGODB_URI: fresh.mongodbUri,
      REDIS_URL: fresh.redisUrl,
      MLE_DATA_DIR: fresh.dataDir,
      MLE_ADMIN_LOGIN: 'root',
      MLE_ADMIN_PASSWORD: 'from the environment',
      MLE_LOG_LEVEL: 'trace',
    });
    const end = ended(server);
    const client = new Client(await ready(server));
    expect(
      (await client.post('/api/v1/auth/login', { login: 'root', password: 'from the environment' })).body,
    ).toMatchObject({ login: 'root', role: 'admin' });
    await client.post('/api/v1/auth/login', { login: 'root', password: 'a wrong password' });
    const { body } = await client.post<{ token: string }>('/api/v1/tokens', { name: 'ci' });
    await new Client(client.url).get('/api/v1/auth/me?token=in-the-address', {
      authorization: `Bearer ${body.token}`,
      'x-correlation-id': 'click-0123456789',
    });
    server.kill('SIGTERM');
    const { code, out } = await end;
    expect(code).toBe(0);
    // One line for each request under its id, and no secret in any.
    expect(
      out
        .split('\n')
        .filter((line) => line.includes('click-0123456789'))
        .some((line) => line.includes('/api/v1/auth/me')),
    ).toBe(true);
    for (const secret of [
      'from the environment',
      'a wrong password',
      'in-the-address',
      body.token,
      client.cookie.slice('mle_session='.length),
    ])
      expect(out).not.toContain(secret);
  } finally {
    await fresh.stop();
  }
});
