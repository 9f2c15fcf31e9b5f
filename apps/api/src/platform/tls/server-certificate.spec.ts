import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { Config } from '../config/config.js';
import { ConfigError } from '../config/config-error.js';
import { logger } from '../logging/logger.js';
import { newKey, selfSigned } from './self-signed.js';
import { ServerCertificate } from './server-certificate.js';

const DAY_MS = 24 * 3_600_000;
const NAMES = ['localhost', '127.0.0.1'];

let folder: string;
let server: Server;
const open: ServerCertificate[] = [];

beforeAll(() => {
  logger.level = 'silent';
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mle-tls-'));
  server = createServer({}, (_request, response) => response.end('hello'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(() => {
  for (const certificate of open.splice(0)) certificate.onApplicationShutdown();
  server.close();
  rmSync(folder, { recursive: true });
});

const config = (
  files: { certificate: string; key: string } | null = null,
  publicUrl: string | null = 'https://ml.example.org',
): Config =>
  ({
    dataDir: folder,
    host: '127.0.0.1',
    publicUrl,
    allowedHosts: [],
    tls: { port: 0, files },
  }) as Partial<Config> as Config;

async function secured(of: Config): Promise<ServerCertificate> {
  const certificate = new ServerCertificate(of);
  open.push(certificate);
  await certificate.secure(server);
  return certificate;
}

/** What a client sees that trusts the certificate in the file. */
function shown(ca: string | undefined, servername: string): Promise<X509Certificate> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ...(ca !== undefined && { ca }) }, () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate) resolve(certificate);
    });
    socket.once('error', reject);
  });
}

const namesOf = (pem: string): string[] =>
  (new X509Certificate(pem).subjectAltName ?? '').split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, ''));
const own = (name: string) => readFileSync(join(folder, 'tls', name), 'utf8');

describe('the certificate that the server makes', () => {
  it('holds for each of its names, and for no other', async () => {
    await secured(config());
    const ca = own('certificate.pem');
    for (const name of ['localhost', 'ml.example.org']) expect((await shown(ca, name)).checkHost(name)).toBeDefined();
    await expect(shown(ca, 'other.example.org')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await expect(shown(undefined, 'localhost')).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const { validTo } = new X509Certificate(ca);
    expect(Date.parse(validTo) - Date.now()).toBeLessThan(398 * DAY_MS);
  });

  it('is kept at the next start', async () => {
    await secured(config());
    const before = own('certificate.pem');
    await secured(config());
    expect(own('certificate.pem')).toBe(before);
  });

  it('is renewed before it ends, and keeps the key by which workers know the server', async () => {
    const { serverKey } = await secured(config());
    const old = await selfSigned(own('key.pem'), NAMES, Date.now() - 370 * DAY_MS);
    writeFileSync(join(folder, 'tls', 'certificate.pem'), old);
    const again = await secured(config());
    expect(own('certificate.pem')).not.toBe(old);
    expect(again.serverKey).toBe(serverKey);
    expect(own('server-key')).toBe(`${String(serverKey)}\n`);
    expect(Date.parse((await shown(own('certificate.pem'), 'localhost')).validTo)).toBeGreaterThan(
      Date.now() + 300 * DAY_MS,
    );
  });
});

it('follows MLE_PUBLIC_URL: it holds for the name of now, not for that of before, and has the same key', async () => {
  const { serverKey } = await secured(config());
  for (const [url, name] of [
    ['https://lab.example.org:8443', 'lab.example.org'],
    [null, 'localhost'],
  ] as const) {
    expect((await secured(config(null, url))).serverKey).toBe(serverKey);
    const ca = own('certificate.pem');
    expect((await shown(ca, name)).checkHost(name)).toBe(name);
    await expect(shown(ca, 'ml.example.org')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  }
});

it('an address that this computer had before is kept', async () => {
  await secured(config());
  const certificate = await selfSigned(own('key.pem'), [...namesOf(own('certificate.pem')), '192.0.2.7']);
  writeFileSync(join(folder, 'tls', 'certificate.pem'), certificate);
  await secured(config());
  expect(own('certificate.pem')).toBe(certificate);
});

describe('a certificate that a person gives', () => {
  const files = () => ({ certificate: join(folder, 'given.pem'), key: join(folder, 'given-key.pem') });
  async function give(): Promise<string> {
    const key = newKey();
    const certificate = await selfSigned(key, NAMES);
    writeFileSync(files().key, key);
    writeFileSync(files().certificate, certificate);
    return certificate;
  }

  it('is served', async () => {
    const certificate = await give();
    await secured(config(files()));
    expect((await shown(certificate, 'localhost')).toString()).toBe(new X509Certificate(certificate).toString());
  });

  it.each([
    ['is missing', () => rmSync(files().key)],
    ['belongs to another certificate', () => writeFileSync(files().key, newKey())],
    ['is none', () => writeFileSync(files().key, 'no key')],
  ])('is refused with a sentence where the key %s', async (_what, spoil) => {
    await give();
    spoil();
    const refusal = await secured(config(files())).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigError);
    expect((refusal as ConfigError).message).toContain('MLE_TLS_KEY');
  });
});

it.each([
  ['no certificate', () => Promise.resolve('no certificate')],
  ['one of another key', () => selfSigned(newKey(), NAMES)],
])('%s in the file is replaced', async (_what, spoilt) => {
  const { serverKey } = await secured(config());
  writeFileSync(join(folder, 'tls', 'certificate.pem'), await spoilt());
  expect((await secured(config())).serverKey).toBe(serverKey);
  expect((await shown(own('certificate.pem'), 'localhost')).checkPrivateKey(createPrivateKey(own('key.pem')))).toBe(
    true,
  );
});

it('a key file without a key is told with what to do', async () => {
  await secured(config());
  writeFileSync(join(folder, 'tls', 'key.pem'), 'no key');
  await expect(secured(config())).rejects.toThrow('holds no key. Put back the one of a backup');
});

it('a folder that another left without a certificate gets one for the key that is there', async () => {
  const key = newKey();
  mkdirSync(join(folder, 'tls'));
  writeFileSync(join(folder, 'tls', 'key.pem'), key);
  await secured(config());
  expect(own('key.pem')).toBe(key);
  const certificate = await shown(own('certificate.pem'), 'localhost');
  expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
});
