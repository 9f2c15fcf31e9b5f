import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CreatedProject, FileList, ProjectView } from '@mle/protocol';
import { type Client, freePort, type Parts, startParts } from '@mle/testing';
import { EventsService } from '../../src/platform/signals/events.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let folder: string;
let daemon: ChildProcess;
let base: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mle-git-'));
  const port = await freePort();
  base = `git://127.0.0.1:${port}`;
  daemon = spawn('git', ['daemon', `--base-path=${folder}`, '--export-all', '--listen=127.0.0.1', `--port=${port}`], {
    stdio: 'ignore',
    detached: true,
  });
  parts = await startParts();
  api = await startApi(parts, { gitPrivateHosts: ['127.0.0.1'], maxFileBytes: 10_000 });
  ada = await api.signUp('ada');
  while (!(await answers(port))) await delay(20);
});
afterAll(async () => {
  if (daemon?.pid !== undefined) process.kill(-daemon.pid, 'SIGKILL');
  await api?.close();
  await parts?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() !== undefined));
    socket.on('error', () => resolve(false));
  });

function repository(name: string, fill: (path: string) => void): void {
  const path = join(folder, name);
  mkdirSync(path);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', path, '-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      stdio: 'pipe',
      env: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', HOME: folder },
    });
  git('init', '--quiet', '--initial-branch=main');
  fill(path);
  git('add', '--all');
  git('commit', '--quiet', '--message=first');
}
const importing = (gitUrl: string, name?: string) =>
  ada.post<ProjectView & { code: string; detail: string }>('/api/v1/projects', { gitUrl, ...(name && { name }) });
const projects = async () =>
  (await ada.get<{ items: ProjectView[] }>('/api/v1/projects')).body.items.map(({ name }) => name);

it('a repository becomes a project with its files, modes and links', async () => {
  repository('mnist.git', (path) => {
    mkdirSync(join(path, 'src'));
    writeFileSync(join(path, 'src/train.py'), 'print(1)\r\n');
    writeFileSync(join(path, 'run.sh'), 'python3 src/train.py\n');
    writeFileSync(join(path, 'ü 100%.txt'), 'x');
    chmodSync(join(path, 'run.sh'), 0o755);
    symlinkSync('src/train.py', join(path, 'main.py'));
  });
  const { status, body } = await importing(`${base}/mnist.git`);
  expect({ status, name: body.name }).toEqual({ status: 201, name: 'mnist' });
  const { body: files } = await ada.get<FileList>(`/api/v1/projects/${body.id}/files`);
  expect(files.items.map(({ path, mode }) => [path, mode])).toEqual([
    ['main.py', 0o120000],
    ['run.sh', 0o755],
    ['src/train.py', 0o644],
    ['ü 100%.txt', 0o644],
  ]);
  expect((await ada.get(`/api/v1/projects/${body.id}/files/src/train.py`)).bytes.toString()).toBe('print(1)\r\n');
  expect((await ada.get(`/api/v1/projects/${body.id}/files/main.py`)).bytes.toString()).toBe('src/train.py');
  expect((await importing(`${base}/mnist.git`)).body.name).toBe('mnist 2');
});

it('leaves out what leads elsewhere, and says so', async () => {
  repository('partly.git', (path) => {
    writeFileSync(join(path, 'train.py'), 'print(1)');
    symlinkSync('../../../etc/passwd', join(path, 'outside'));
    symlinkSync('/etc/passwd', join(path, 'absolute'));
    writeFileSync(join(path, 'weights.bin'), 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n');
    // A repository inside of another is added as a submodule is.
    repository('partly.git/vendor', (lib) => writeFileSync(join(lib, 'a.py'), ''));
  });
  const { status, body } = await ada.post<CreatedProject>('/api/v1/projects', { gitUrl: `${base}/partly.git` });
  expect({ status, notices: body.notices }).toEqual({
    status: 201,
    notices: [
      'Left out: 2 links that point out of the project (absolute, outside).',
      expect.stringMatching(/^Left out: a submodule, .*\(vendor\)\.$/),
      expect.stringMatching(/^The project has a file whose content lies in Git LFS.*\(weights\.bin\)\.$/),
    ],
  });
  const { body: files } = await ada.get<FileList>(`/api/v1/projects/${body.id}/files`);
  expect(files.items.map(({ path }) => path)).toEqual(['train.py', 'weights.bin']);
});

it('what cannot become a project leaves nothing behind', async () => {
  repository('big.git', (path) => writeFileSync(join(path, 'big'), 'x'.repeat(10_001)));
  repository('names.git', (path) => writeFileSync(join(path, 'a\\b'), 'x'));
  const before = await projects();
  expect(await importing(`${base}/big.git`)).toMatchObject({ status: 413, body: { code: 'file.too_large' } });
  expect(await importing(`${base}/names.git`)).toMatchObject({ status: 400, body: { code: 'git.path' } });
  expect(await importing(`${base}/missing.git`)).toMatchObject({
    status: 400,
    body: { code: expect.stringMatching(/^git\.(not_found|denied)$/) },
  });
  expect(await importing('file:///etc')).toMatchObject({ status: 400, body: { code: 'git.address' } });
  expect(await importing('http://127.0.0.1:1/x.git')).toMatchObject({ status: 400, body: { code: 'git.unreachable' } });
  expect(await projects()).toEqual(before);
  expect(readdirSync(join(parts.dataDir, 'tmp'))).toEqual([]);
});

it('says what to do where HEAD names no branch, and takes a commit that HEAD names itself @full', async () => {
  const gitIn = (name: string, ...args: string[]) => execFileSync('git', ['-C', join(folder, name), ...args]);
  execFileSync('git', ['init', '--quiet', '--bare', join(folder, 'empty.git')]);
  repository('moved.git', (path) => writeFileSync(join(path, 'a.py'), ''));
  gitIn('moved.git', 'branch', 'next');
  gitIn('moved.git', 'symbolic-ref', 'HEAD', 'refs/heads/gone');
  repository('detached.git', (path) => writeFileSync(join(path, 'a.py'), ''));
  gitIn('detached.git', 'checkout', '--quiet', '--detach');
  const before = await projects();
  expect((await importing(`${base}/empty.git`)).body).toMatchObject({
    code: 'git.no_head',
    detail: 'The repository is empty. Push a commit to it first, or begin a new project.',
  });
  expect((await importing(`${base}/moved.git`)).body).toMatchObject({
    code: 'git.no_head',
    detail:
      'The default branch of the repository does not exist. Its branches are main, next. Choose one of them as the default branch at its host, and fetch it again.',
  });
  expect(await projects()).toEqual(before);
  const { status, body } = await importing(`${base}/detached.git`);
  expect(status).toBe(201);
  expect((await ada.get<FileList>(`/api/v1/projects/${body.id}/files`)).body.items).toHaveLength(1);
});

it('tells how far it is, and ends when nobody waits any more', async () => {
  const told: unknown[] = [];
  const off = api.app.get(EventsService, { strict: false }).on('browser', (event, userId, payload) => {
    if (event === 'project.fetching') told.push([userId, payload]);
  });
  repository('told.git', (path) => writeFileSync(join(path, 'a.py'), 'x'));
  const gitUrl = `${base}/told.git`;
  expect((await importing(gitUrl)).status).toBe(201);
  expect(told).toEqual(
    expect.arrayContaining([
      [ada.userId, { gitUrl, phase: 'connecting', part: null }],
      [ada.userId, { gitUrl, phase: 'receiving', part: 1 }],
      [ada.userId, { gitUrl, phase: 'storing', part: 0 }],
    ]),
  );

  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const before = await projects();
  const leave = new AbortController();
  const asked = fetch(`${api.url}/api/v1/projects`, {
    method: 'POST',
    signal: leave.signal,
    headers: { cookie: ada.cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ gitUrl: `git://127.0.0.1:${(silent.address() as AddressInfo).port}/x.git` }),
  });
  const [socket] = (await once(silent, 'connection')) as [Socket];
  leave.abort();
  await expect(asked).rejects.toThrow();
  if (!socket.closed) await once(socket.resume(), 'close');
  while (readdirSync(join(parts.dataDir, 'tmp')).length > 0) await delay(20);
  expect(await projects()).toEqual(before);
  silent.close();
  off();
});

/** A web server whose answers go on for ever, a few bytes at a time. */
async function drippingHost() {
  const server = createServer((socket) => {
    const drip = setInterval(() => socket.write('x'.repeat(5_000)), 20);
    socket.on('close', () => clearInterval(drip)).on('error', () => undefined);
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

const gitProcesses = (): string[] =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('git-remote-http') || line.includes('git clone'));

it('ends every helper of git when nobody waits any more, and hinders nobody else meanwhile', async () => {
  const { server, port } = await drippingHost();
  const bob = await api.signUp('bob');
  repository('beside.git', (path) => writeFileSync(join(path, 'a.py'), 'x'));
  const leave = new AbortController();
  const hanging = fetch(`${api.url}/api/v1/projects`, {
    method: 'POST',
    signal: leave.signal,
    headers: { cookie: ada.cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ gitUrl: `http://127.0.0.1:${port}/x.git` }),
  }).catch(() => undefined);
  while (!gitProcesses().some((line) => line.includes(`:${port}/`) && line.includes('remote-http'))) await delay(20);
  expect(await importing(`${base}/beside.git`)).toMatchObject({ status: 503, body: { code: 'git.busy' } });
  expect((await bob.post('/api/v1/projects', { gitUrl: `${base}/beside.git` })).status).toBe(201);
  leave.abort();
  await hanging;
  while (gitProcesses().some((line) => line.includes(`:${port}/`))) await delay(20);
  while ((await importing(`${base}/beside.git`)).status === 503) await delay(50);
  server.close();
});
