import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { type Parts, startParts } from '@mle/testing';
import { type ApiUnderTest, startApi } from '../api.js';
import { rawRequest } from '../raw-request.js';

let parts: Parts;
let api: ApiUnderTest;
let webDir: string;
beforeAll(async () => {
  webDir = mkdtempSync(join(tmpdir(), 'mle-web-'));
  mkdirSync(join(webDir, 'assets'));
  writeFileSync(
    join(webDir, 'index.html'),
    '<!doctype html><head><style>a{}</style></head><body><mle-root ngCspNonce=""></mle-root><script src="main-ABCDEF12.js" type="module"></script></body>',
  );
  writeFileSync(join(webDir, 'main-ABCDEF12.js'), 'console.log("page")');
  writeFileSync(join(webDir, 'main-ABCDEF12.js.br'), brotliCompressSync('console.log("page")'));
  writeFileSync(join(webDir, 'old-ABCDEF12.js'), 'console.log("old")');
  writeFileSync(join(webDir, 'assets/plain.txt'), 'plain');
  writeFileSync(join(webDir, 'worker.mjs'), '// the worker');
  parts = await startParts();
  api = await startApi(parts, {
    webDir,
    workerBundle: join(webDir, 'worker.mjs'),
    publicUrl: 'https://ml.example.org',
  });
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
  rmSync(webDir, { recursive: true, force: true });
});

const get = (path: string, headers?: Record<string, string>) => api.visitor().get(path, headers);

describe('the page', () => {
  it.each(['/', '/index.html', '/code/0123/run.py%20', '/setup'])(
    'is served at %s, never cached, with a fresh nonce',
    async (path) => {
      const [one, two] = [await get(path), await get(path)];
      expect(one.status).toBe(200);
      expect(one.headers.get('cache-control')).toBe('no-store');
      const nonceOf = ({ headers }: typeof one) =>
        /script-src 'self' 'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1];
      expect(nonceOf(one)).not.toBe(nonceOf(two));
      const html = one.bytes.toString();
      expect(html).toContain(`<mle-root ngCspNonce="${nonceOf(one)}">`);
      expect(html).toContain(`<style nonce="${nonceOf(one)}">`);
      expect(html).toContain(`<script nonce="${nonceOf(one)}" src=`);
      expect(one.headers.get('content-security-policy')).toContain("object-src 'none'");
      expect(one.headers.get('content-security-policy')).not.toMatch(/unsafe|\*/);
    },
  );

  it('has files that are kept for ever when their name holds a hash', async () => {
    const script = await get('/main-ABCDEF12.js', { 'accept-encoding': 'br' });
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-encoding')).toBe('br');
    expect(script.headers.get('content-type')).toMatch(/javascript/);
    expect(script.bytes.toString()).toBe('console.log("page")');
    expect((await get('/assets/plain.txt')).headers.get('cache-control')).toBe('no-cache');
  });

  it('does not stand in for what is missing or belongs to the server', async () => {
    for (const path of ['/missing.js', '/api/v1/nothing', '/api', '/worker/nothing', '/assets/missing.txt'])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    expect((await api.visitor().post('/code', {})).status).toBe(404);
  });

  it('outlives a new build of the page', async () => {
    expect((await get('/old-ABCDEF12.js')).status).toBe(200);
    rmSync(join(webDir, 'old-ABCDEF12.js'));
    expect((await get('/old-ABCDEF12.js')).status).toBe(404);
    expect((await get('/main-ABCDEF12.js')).status).toBe(200);
  });

  it('gives out no file outside of its folder', async () => {
    for (const path of [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '//etc/passwd.txt',
      '/..\\secret.txt',
    ]) {
      const { status, body } = await rawRequest(api.url, 'GET', path, '');
      expect([path, [400, 404].includes(status)]).toEqual([path, true]);
      expect(body).not.toContain('root:');
    }
  });

  it('asks for https for a year when it has https', async () => {
    expect((await get('/')).headers.get('strict-transport-security')).toContain('max-age=31536000');
  });
});

it('the worker is served as one file', async () => {
  const { headers, bytes } = await get('/worker/worker.mjs');
  expect(headers.get('content-type')).toContain('text/javascript');
  expect(bytes.toString()).toBe('// the worker');
});

it('a session over https has a cookie for https only', async () => {
  const ada = await api.signUp('ada');
  const response = await fetch(`${api.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://ml.example.org' },
    body: JSON.stringify({ login: 'ada', password: 'correct horse battery' }),
  });
  expect(response.headers.getSetCookie().join()).toMatch(/; Secure/);
  expect(ada.userId).toMatch(/^[0-9a-f]{24}$/);
});
