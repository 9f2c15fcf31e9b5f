import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { newKey, selfSigned } from '../tls/self-signed.js';
import { loadConfig } from './config.js';

const COMPOSE = readFileSync(resolve(import.meta.dirname, '../../../../../docker-compose.yml'), 'utf8');

/** A service as it is written. */
function service(name: string): string {
  const [, text] = new RegExp(`^  ${name}:\\n((?:    .*\\n|\\n)+)`, 'm').exec(COMPOSE) ?? [];
  if (text === undefined) throw new Error(`docker-compose.yml has no service ${name}.`);
  return text;
}

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mle-compose-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('in containers the server speaks https, at the port that is published, asked for its health and dialled', () => {
  const [, environment = ''] = /environment:\n((?: {6}.*\n)+)/.exec(service('api')) ?? [];
  const pairs = [...environment.matchAll(/^ {6}(\w+): (.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    value.replace(/^'(.*)'$/, '$1').replace(/\$\{\w+:-(.*)\}/, '$1'),
  ]);
  const env = Object.fromEntries(pairs) as NodeJS.ProcessEnv;
  const { tls, port } = loadConfig({ ...env, REDIS_URL: 'redis://:secret@redis:6379', MLE_DATA_DIR: folder });
  expect(tls).toEqual({ port: 8443, files: null });
  for (const published of [port, tls?.port]) expect(service('api')).toContain(`127.0.0.1:${published}:${published}`);
  expect(service('api')).toContain(`.get({ port: ${tls?.port}, path: '/healthz'`);
  expect(service('worker')).toContain(`- https://api:${tls?.port}\n`);
});

it('in containers the worker is given the public key that the server made', async () => {
  const certificate = await selfSigned(newKey(), ['api']);
  for (const name of ['tls', 'join']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'tls/certificate.pem'), certificate);
  const [, script = ''] = /- -e\n {6}- \|\n((?: {8}.*\n)+)/.exec(service('server-key')) ?? [];
  const here = script.replace('/data/tls', join(folder, 'tls')).replace('/join/', `${join(folder, 'join')}/`);
  execFileSync(process.execPath, ['-e', here], { env: {} });
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  expect(readFileSync(join(folder, 'join/server-key'), 'utf8')).toBe(
    `sha256//${createHash('sha256').update(key).digest('base64')}\n`,
  );
  expect(service('worker')).toContain('- --server-key-file\n      - /join/server-key\n');
});
