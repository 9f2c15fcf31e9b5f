import { createPrivateKey, X509Certificate } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadArgument } from '../../base/config/bad-argument.js';
import { announcement } from './announcement.js';
import { fingerprintOf, makeCertificate } from './certificate.js';
import { listenIdentity } from './listen-identity.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'mle-listen-'))));
afterEach(() => rm(folder, { recursive: true }));

test('makes certificates that are whole, signed by their own key and valid for good', () => {
  for (const name of ['lab', 'ein Rechner mit ü', 'x'.repeat(60)]) {
    const { certificate, key } = makeCertificate(name);
    const read = new X509Certificate(certificate);
    expect(read.subject).toBe(`CN=${name}`);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(new Date(read.validFrom).getFullYear()).toBe(2020);
    expect(new Date(read.validTo).getFullYear()).toBe(9999);
    expect(fingerprintOf(read.raw)).toBe(read.fingerprint256.replaceAll(':', '').toLowerCase());
  }
  expect(makeCertificate('a').certificate).not.toBe(makeCertificate('a').certificate);
});

test('keeps what it is known by, for its owner only', async () => {
  const first = await listenIdentity(folder, null);
  expect(await listenIdentity(folder, null)).toEqual(first);
  expect(first.token).toHaveLength(43);
  for (const name of ['listen-certificate.pem', 'listen-key.pem', 'listen-token'])
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

test("takes a person's token, and refuses one that can be guessed", async () => {
  expect(await listenIdentity(folder, 'a-token-of-twenty-characters')).toMatchObject({
    token: 'a-token-of-twenty-characters',
    tokenFile: null,
  });
  await expect(listenIdentity(folder, 'short')).rejects.toThrow(
    'The given token cannot be listened with: A token has at least 20 characters.',
  );
  writeFileSync(join(folder, 'listen-token'), 'damaged');
  await expect(listenIdentity(folder, null)).rejects.toBeInstanceOf(BadArgument);
});

test('says what to give to the server, without the token', async () => {
  const identity = await listenIdentity(folder, null);
  const text = announcement(identity, 7443, '::1');
  expect(text).toContain('https://[::1]:7443');
  expect(text).toContain(join(folder, 'listen-token'));
  expect(text).toMatch(/fingerprint {2}([0-9A-F]{2}:){31}[0-9A-F]{2}\n/);
  expect(text).not.toContain(identity.token);
  expect(announcement(identity, 7443, null)).toMatch(/address +https:\/\/\S+:7443/);
});
