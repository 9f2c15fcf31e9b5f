import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from '@mle/testing';
import { newKey, selfSigned } from '../../../platform/tls/self-signed.js';
import { RECEIVER } from '../user-data/receiver.js';
import type { Introduction } from './introductions.service.js';
import { askReceiver } from './receiver-client.js';

/** Images of machines have Python; a computer without it counts these as skipped. */
const hasPython = spawnSync('python3', ['--version']).status === 0;
const testWithPython = hasPython ? test : test.skip;
const WORKER = { fingerprint: 'a'.repeat(64), token: 'b'.repeat(43) };
const FILES = { 'install.sh': 'install', 'worker.mjs': 'worker' };

let home: string;
let receiver: ChildProcess;
let introduction: Introduction;
let at: { host: string; port: number };

async function introduce(): Promise<Introduction> {
  const key = newKey();
  return { key, certificate: await selfSigned(key, ['machine.invalid']), token: 'c'.repeat(43), worker: null };
}
const ask = (path: '/take' | '/begin', by: Introduction = introduction) => askReceiver(at, by, path, { files: FILES });

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'mle-receiver-'));
  introduction = await introduce();
  at = { host: '127.0.0.1', port: await freePort() };
  writeFileSync(join(home, 'receive.py'), RECEIVER);
  writeFileSync(join(home, 'receive.pem'), `${introduction.certificate}\n${introduction.key}`);
  writeFileSync(join(home, 'receive.token'), `${introduction.token}\n`);
  // It says what it does before it says who it is.
  writeFileSync(join(home, 'machine'), `cat ${home}/taken/worker/*\necho\necho '${JSON.stringify(WORKER)}'\n`);
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin/systemctl'), `#!/bin/sh\necho "$@" >>${home}/calls\n`);
  chmodSync(join(home, 'bin/systemctl'), 0o755);
  if (!hasPython) return;
  receiver = spawn('python3', [join(home, 'receive.py'), String(at.port), home], {
    env: { PATH: `${home}/bin:${process.env['PATH'] ?? ''}` },
    stdio: 'ignore',
  });
  const other = { ...introduction, token: 'wrong' };
  await until('it listens', () =>
    ask('/take', other).catch((error: unknown) => String(error).includes('answered 401')),
  );
});
afterEach(() => {
  receiver?.kill('SIGKILL');
  rmSync(home, { recursive: true });
});

testWithPython('a machine takes the worker as often as it is brought, and begins once', async () => {
  for (let i = 0; i < 2; i++) expect(await ask('/take')).toEqual(WORKER);
  expect(readFileSync(join(home, 'taken/worker/worker.mjs'), 'utf8')).toBe('worker');
  expect(existsSync(join(home, 'calls'))).toBe(false);
  const ended = once(receiver, 'exit');
  expect(await ask('/begin')).toEqual({});
  expect(await ended).toEqual([0, null]);
  expect(readFileSync(join(home, 'calls'), 'utf8').split('\n')).toEqual([
    'enable --now --no-block mle-worker.service',
    'disable mle-receive.service',
    '',
  ]);
  // The token serves one exchange.
  expect(['receive.pem', 'receive.token'].filter((name) => existsSync(join(home, name)))).toEqual([]);
  await expect(ask('/take')).rejects.toThrow('ECONNREFUSED');
});

testWithPython(
  'a machine with another certificate is told nothing, and nobody takes one without the token',
  async () => {
    const other = await introduce();
    await expect(ask('/take', other)).rejects.toThrow(/self.signed certificate|signature/i);
    await expect(ask('/take', { ...introduction, token: 'c'.repeat(42) })).rejects.toThrow('The token is wrong');
    expect(existsSync(join(home, 'taken'))).toBe(false);
  },
);
