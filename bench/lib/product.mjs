import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createServer } from 'node:net';
import { once } from 'node:events';

const ROOT = resolve(import.meta.dirname, '../..');
const LOGIN = 'bench';
const PASSWORD = randomBytes(12).toString('hex');

/** Starts the built product as its processes, with data in a temporary folder, and logs in. */
export async function startProduct() {
  const folder = await mkdtemp(join(tmpdir(), 'mle-bench-'));
  const secret = randomBytes(16).toString('hex');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const redisSocket = join(folder, 'redis.sock');
  const storeSocket = join(folder, 'store.sock');
  const tokenFile = join(folder, 'join-token');
  await mkdir(join(folder, 'data'), { mode: 0o700 });
  await writeFile(tokenFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  const children = [];
  const stop = async () => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null) continue;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const start = async (command, args, env, ready, input = '') => {
    const child = spawn(command, args, { env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env }, stdio: ['pipe', 'pipe', 'ignore'] });
    children.push(child);
    child.stdin.end(input);
    let said = '';
    await new Promise((done, fail) => {
      child.stdout.on('data', (data) => {
        said += data;
        if (ready.test(said)) done();
      });
      child.on('exit', () => fail(new Error(`${args[0]} ended:\n${said}`)));
    });
  };
  const dist = (path) => join(ROOT, 'dist', path);
  const redisConfig = ['port 0', `unixsocket ${redisSocket}`, 'save ""', 'appendonly no', `dir ${folder}`, `requirepass ${secret}`].join('\n');
  await start('redis-server', ['-'], {}, /eady to accept/, redisConfig);
  await start(process.execPath, [dist('libs/embedded-mongo/store.mjs'), '--socket', storeSocket, '--data', join(folder, 'store')], {}, /store ready/);
  await start(
    process.execPath,
    [dist('apps/api/main.mjs')],
    {
      MLE_PORT: String(port),
      MLE_DATA_DIR: join(folder, 'data'),
      MONGODB_URI: `mongodb://${encodeURIComponent(storeSocket)}/mle?directConnection=true`,
      REDIS_URL: `unix://:${secret}@${redisSocket}`,
      MLE_ADMIN_LOGIN: LOGIN,
      MLE_ADMIN_PASSWORD: PASSWORD,
      MLE_LOCAL_JOIN_TOKEN_FILE: tokenFile,
    },
    /api ready/,
  );
  await start(process.execPath, [dist('apps/worker/worker.mjs'), '--url', url, '--data', join(folder, 'worker'), '--token-file', tokenFile], {}, /worker ready/);

  const login = await fetch(`${url}/api/v1/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login: LOGIN, password: PASSWORD }) });
  const cookie = login.headers.getSetCookie()[0].split(';')[0];
  const call = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}/api/v1/${path}`, { method, headers: { 'content-type': 'application/json', ...headers }, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  const { token } = await call('POST', 'tokens', { name: 'bench' }, { cookie });
  const request = (method, path, body) => call(method, path, body, { authorization: `Bearer ${token}` });
  return { url, folder, token, redis: { path: redisSocket, password: secret }, request, stop };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
