import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config.js';
import { ConfigError } from './config-error.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mle-config-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const good = () => ({
  MONGODB_URI: 'mongodb://127.0.0.1/mle',
  REDIS_URL: 'redis://127.0.0.1:6390',
  MLE_DATA_DIR: folder,
});
function sentences(env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig({ ...good(), ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('speaks https where it is asked to, with files that belong together', () => {
    const read = (env: NodeJS.ProcessEnv) => loadConfig({ ...good(), ...env }).tls;
    expect(read({ MLE_TLS: '1' })).toEqual({ port: 8443, files: null });
    const files = { MLE_TLS_CERT: '/c.pem', MLE_TLS_KEY: '/k.pem' };
    expect(read({ MLE_TLS: '1', MLE_TLS_PORT: '443', ...files })).toEqual({
      port: 443,
      files: { certificate: '/c.pem', key: '/k.pem' },
    });
    expect(sentences({ MLE_TLS: '1', MLE_TLS_CERT: '/c.pem' })).toEqual([expect.stringContaining('MLE_TLS_KEY')]);
    expect(sentences({ MLE_TLS: '1', MLE_PUBLIC_URL: 'http://ml.example.org' })).toEqual([
      expect.stringContaining('MLE_PUBLIC_URL'),
    ]);
  });

  it('has the defaults of the contract', () => {
    expect(loadConfig(good())).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      dataDir: folder,
      publicUrl: null,
      allowedHosts: [],
      trustedProxies: [],
      tls: null,
      adminLogin: null,
      lostAfterSeconds: 60,
      lifelineFd: null,
      maxFileBytes: 4 * 1024 ** 3,
      logLevel: 'info',
      redis: { host: '127.0.0.1', port: 6390 },
    });
  });

  it('makes the secret key once, for its owner only', () => {
    const first = loadConfig(good()).secretKey;
    expect(first).toHaveLength(32);
    expect(loadConfig(good()).secretKey.equals(first)).toBe(true);
    expect(statSync(join(folder, 'secret-key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'secret-key'), 'utf8').trim()).toBe(first.toString('hex'));
  });

  it('refuses a damaged key file instead of replacing it', () => {
    writeFileSync(join(folder, 'secret-key'), 'broken');
    expect(sentences({})).toEqual([expect.stringContaining('holds no key')]);
    expect(readFileSync(join(folder, 'secret-key'), 'utf8')).toBe('broken');
  });

  it.each([
    ['MLE_PORT', 'http', '0 to 65535'],
    ['MLE_PORT', '65536', '0 to 65535'],
    ['MLE_PORT', '-1', '0 to 65535'],
    ['MLE_PORT', '8080.5', '0 to 65535'],
    ['MLE_HOST', 'a b', '127.0.0.1'],
    ['MLE_PUBLIC_URL', 'ml.example.org', 'https://'],
    ['MLE_PUBLIC_URL', 'ftp://ml.example.org', 'https://'],
    ['MLE_PUBLIC_URL', 'https://ml.example.org/app', 'without a path'],
    ['MLE_ALLOWED_HOSTS', 'a b', 'ml.example.org'],
    ['MLE_ALLOWED_HOSTS', 'a,,b', 'ml.example.org'],
    ['MLE_TRUSTED_PROXIES', 'everybody', 'loopback'],
    ['MLE_TRUSTED_PROXIES', '10.0.0.0/33', '10.0.0.0/8'],
    ['MLE_TRUSTED_PROXIES', '10.0.0.0/8/8', '10.0.0.0/8'],
    ['MLE_SECRET_KEY', 'short', '64 hex digits'],
    ['MONGODB_URI', 'postgres://x', 'mongodb://'],
    ['REDIS_URL', 'http://127.0.0.1', 'redis://'],
    ['REDIS_URL', 'unix://relative.sock', 'unix://'],
    ['MLE_LOST_AFTER_SECONDS', '1', '2 to 86400'],
    ['MLE_LIFELINE_FD', '0', 'from 3'],
    ['MLE_MAX_FILE_BYTES', '0', 'bytes'],
    ['MLE_LOG_LEVEL', 'loud', 'debug'],
  ])('names %s when it is %j', (name, value, allowed) => {
    const refused = sentences({ [name]: value });
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain(name);
    expect(refused[0]).toContain(allowed);
    if (value.length > 3) expect(refused[0]).not.toContain(`"${value}"`);
  });

  it('names every bad variable at once', () => {
    expect(sentences({ MLE_PORT: 'x', MLE_LOG_LEVEL: 'x', REDIS_URL: undefined })).toHaveLength(3);
  });

  it('wants a login and a password together, and never repeats a password', () => {
    expect(sentences({ MLE_ADMIN_LOGIN: 'ada' })).toEqual([expect.stringContaining('MLE_ADMIN_PASSWORD is missing')]);
    expect(sentences({ MLE_ADMIN_PASSWORD: 'long enough' })).toEqual([
      expect.stringContaining('MLE_ADMIN_LOGIN is missing'),
    ]);
    const [short = ''] = sentences({ MLE_ADMIN_LOGIN: 'ada', MLE_ADMIN_PASSWORD: 'geheim' });
    expect(short).toContain('8 to 256');
    expect(short).not.toContain('geheim');
  });

  it('reads lists', () => {
    expect(
      loadConfig({
        ...good(),
        MLE_ALLOWED_HOSTS: 'Lab.example, ml',
        MLE_TRUSTED_PROXIES: '10.0.0.0/8,fd00::/8,loopback',
      }),
    ).toMatchObject({
      allowedHosts: ['lab.example', 'ml'],
      trustedProxies: ['10.0.0.0/8', 'fd00::/8', 'loopback'],
    });
  });

  it('takes an empty value as an absent one', () => {
    expect(loadConfig({ ...good(), MLE_PORT: '', MLE_PUBLIC_URL: '' })).toMatchObject({ port: 8080, publicUrl: null });
  });

  it.each([
    [
      'redis://user:p%40ss@redis.example:6380/3',
      { host: 'redis.example', port: 6380, username: 'user', password: 'p@ss', db: 3 },
    ],
    ['rediss://redis.example', { host: 'redis.example', port: 6379, tls: { servername: 'redis.example' } }],
    ['unix:///run/redis.sock', { path: '/run/redis.sock' }],
    ['unix://:secret@/run/my%20redis.sock?db=2', { path: '/run/my redis.sock', password: 'secret', db: 2 }],
    ['unix://user:secret@/run/redis.sock', { path: '/run/redis.sock', username: 'user', password: 'secret' }],
  ])('reads %s', (url, expected) => {
    expect(loadConfig({ ...good(), REDIS_URL: url }).redis).toEqual(expected);
  });
});
