import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const LOGIN = 'bench';
const PASSWORD = randomBytes(12).toString('hex');
/** The parts end by themselves when the other end of this pipe closes, however the bench ends. */
const LIFELINE_FD = 3;

/**
 * Starts the built product as its processes, with data in a temporary folder, and logs in.
 * With BENCH_CPU_PROFILES=FOLDER each of them leaves a CPU profile there.
 */
export async function startProduct() {
  const folder = await mkdtemp(join(tmpdir(), 'mle-bench-'));
  // Runs with a uid of their own have to pass through to their workspaces.
  await chmod(folder, 0o711);
  const secret = randomBytes(16).toString('hex');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const redisSocket = join(folder, 'redis.sock');
  const storeSocket = join(folder, 'store.sock');
  const workerData = join(folder, 'worker');
  const tokenFile = join(folder, 'join-token');
  await mkdir(join(folder, 'data'), { mode: 0o700 });
  await writeFile(tokenFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  /** @type {{ name: string, child: import('node:child_process').ChildProcess }[]} */
  const parts = [];
  let stopping = null;
  const stop = () => (stopping ??= endAll(parts, folder));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop().finally(() => process.exit(1)));

  const start = async (name, command, args, env, ready, input = '') => {
    const child = spawn(command, args, {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    parts.push({ name, child });
    for (const stream of child.stdio) stream?.on('error', () => undefined);
    child.stdin.end(input);
    let said = '';
    await new Promise((done, fail) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (data) => {
          said = (said + data).slice(-10_000);
          if (ready.test(said)) done();
        });
      }
      child.on('exit', () => fail(new Error(`The ${name} ended:\n${said}`)));
    });
  };
  const node = (name, script, args, env, ready) => {
    const profiles = process.env.BENCH_CPU_PROFILES;
    const profile = profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}.cpuprofile`] : [];
    return start(name, process.execPath, [...profile, join(ROOT, 'dist', script), ...args], env, ready);
  };
  const redisConfig = [
    'port 0',
    `unixsocket ${redisSocket}`,
    'save ""',
    'appendonly no',
    `dir ${folder}`,
    `requirepass ${secret}`,
  ].join('\n');
  const lifeline = ['--lifeline-fd', String(LIFELINE_FD)];
  await start('redis', 'redis-server', ['-'], {}, /eady to accept/, redisConfig);
  await node(
    'store',
    'libs/embedded-mongo/store.mjs',
    ['--socket', storeSocket, '--data', join(folder, 'store'), ...lifeline],
    {},
    /store ready/,
  );
  const apiEnvironment = {
    MLE_PORT: String(port),
    MLE_DATA_DIR: join(folder, 'data'),
    MONGODB_URI: `mongodb://${encodeURIComponent(storeSocket)}/mle?directConnection=true`,
    REDIS_URL: `unix://:${secret}@${redisSocket}`,
    MLE_ADMIN_LOGIN: LOGIN,
    MLE_ADMIN_PASSWORD: PASSWORD,
    MLE_LOCAL_JOIN_TOKEN_FILE: tokenFile,
    MLE_LIFELINE_FD: String(LIFELINE_FD),
  };
  await node('api', 'apps/api/main.mjs', [], apiEnvironment, /api ready/);
  await node(
    'worker',
    'apps/worker/worker.mjs',
    ['--url', url, '--data', workerData, '--token-file', tokenFile, ...lifeline],
    {},
    /worker ready/,
  );

  const { token, request } = await logIn(url);
  const supervisor = JSON.parse(await readFile(join(workerData, 'supervisor.json'), 'utf8')).pid;
  const pids = () => [
    ...parts.map(({ name, child }) => ({ name, pid: child.pid })),
    { name: 'supervisor', pid: supervisor },
  ];
  return { url, folder, token, redis: { path: redisSocket, password: secret }, request, pids, stop };
}

/** Worker first, with its supervisor and whatever still runs. */
async function endAll(parts, folder) {
  for (const { child } of parts.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    child.stdio[LIFELINE_FD].destroy();
    await exit;
  }
  await rm(folder, { recursive: true, force: true });
}

async function logIn(url) {
  const call = async (method, path, body, headers = {}) => {
    const isBytes = typeof body === 'string' || Buffer.isBuffer(body);
    const type = isBytes ? 'application/octet-stream' : 'application/json';
    const response = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: { 'content-type': type, ...headers },
      body: isBytes ? body : body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return {
      answer: response.status === 204 ? null : await response.json(),
      cookie: response.headers.getSetCookie()[0]?.split(';')[0],
    };
  };
  const { cookie } = await call('POST', 'auth/login', { login: LOGIN, password: PASSWORD });
  const { token } = (await call('POST', 'tokens', { name: 'bench' }, { cookie })).answer;
  const request = async (method, path, body) =>
    (await call(method, path, body, { authorization: `Bearer ${token}` })).answer;
  return { token, request };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
