import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JoinTokenView, MachineView } from '@mle/protocol';
import { type Parts, startParts } from '@mle/testing';
import { type ApiUnderTest, startApi } from '../api.js';

const ROOT = resolve(import.meta.dirname, '../../../..');
const SCRIPT = join(ROOT, 'deploy/install-worker.sh');

describe('the installation of a worker', () => {
  let parts: Parts;
  let api: ApiUnderTest;
  let folder: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mle-install-'));
    const workerBundle = join(folder, 'worker.mjs');
    execFileSync(process.execPath, ['tools/bundle.mjs', 'apps/worker/src/main.ts', workerBundle, '--all'], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] },
    });
    parts = await startParts();
    api = await startApi(parts, { workerBundle });
  });
  afterAll(async () => {
    for (const child of children) if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await api?.close();
    await parts?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is one command that ends with a machine online', async () => {
    const ada = await api.signUp('ada');
    const { body } = await ada.post<JoinTokenView>('/api/v1/machines/join-tokens');
    expect(body.warning).toContain('MLE_HOST=0.0.0.0');
    expect(body.command).toContain(`sh mle-install.sh --url ${api.url} --token-stdin`);
    const home = mkdtempSync(join(folder, 'home-'));
    const child = spawn('sh', ['-c', body.command], {
      cwd: home,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: home },
    });
    children.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += String(bytes)));
    const online = async () =>
      (await ada.get<{ items: MachineView[] }>('/api/v1/machines')).body.items.some(({ state }) => state === 'online');
    for (let tries = 0; tries < 600 && !(await online()); tries++) await sleep(100);
    expect([await online(), said]).toEqual([true, expect.stringContaining('The worker starts and joins the server.')]);
    expect(said).not.toContain(body.token);
    expect(statSync(join(home, 'mle-worker/join-token')).mode & 0o777).toBe(0o600);
  });

  it('takes Node from a mirror where there is none, and nothing whose checksum is wrong', async () => {
    const version = /^NODE_VERSION=(.*)$/m.exec(readFileSync(SCRIPT, 'utf8'))?.[1] ?? '';
    const archive = `node-${version}-linux-${process.arch}`;
    const mirror = mkdtempSync(join(folder, 'mirror-'));
    const release = join(mirror, version);
    mkdirSync(join(release, archive, 'bin'), { recursive: true });
    writeFileSync(join(release, archive, 'bin/node'), `#!/bin/sh\nexec ${process.execPath} "$@"\n`, { mode: 0o755 });
    execFileSync('tar', ['-czf', `${archive}.tar.gz`, archive], { cwd: release });
    const sum = hash('sha256', readFileSync(join(release, `${archive}.tar.gz`)));
    const tools = mkdtempSync(join(folder, 'tools-'));
    for (const tool of [
      'cat',
      'chmod',
      'curl',
      'cut',
      'grep',
      'gzip',
      'mkdir',
      'mv',
      'rm',
      'sha256sum',
      'tar',
      'uname',
    ])
      symlinkSync(execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(tools, tool));
    const args = ['--url', api.url, '--dir', join(mirror, 'mle'), '--node-mirror', `file://${mirror}`, '--no-start'];
    const install = async (sums: string): Promise<{ status: number | null; said: string }> => {
      writeFileSync(join(release, 'SHASUMS256.txt'), `${sums}  ${archive}.tar.gz\n`);
      const child = spawn('/bin/sh', [SCRIPT, ...args], { env: { PATH: tools }, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (bytes: Buffer) => (said += String(bytes)));
      const [status] = (await once(child, 'close')) as [number | null];
      return { status, said };
    };
    expect(await install('0'.repeat(64))).toEqual({
      status: 1,
      said: expect.stringContaining('The checksum of') as string,
    });
    const { status, said } = await install(sum);
    expect([status, said]).toEqual([
      0,
      expect.stringContaining(`Node: ${process.version} (${mirror}/mle/node/bin/node)`),
    ]);
  });

  it.each([
    [[], /Give the address of the server by --url/],
    [['--url'], /--url needs a value/],
    [['--url', 'http://127.0.0.1:1', '--token', 'secret'], /--token is no option/],
    [['--url', 'http://127.0.0.1:1', '--token-file', '/no/such/file'], /token file \/no\/such\/file cannot be read/],
    [['--url', 'http://127.0.0.1:1'], /worker cannot be fetched from http:\/\/127\.0\.0\.1:1/],
  ])('%j is refused with a sentence', (args, sentence) => {
    const { status, stderr } = spawnSync('sh', [SCRIPT, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder },
    });
    expect([status, stderr]).toEqual([1, expect.stringMatching(sentence)]);
  });
});
