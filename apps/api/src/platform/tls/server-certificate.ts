import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { ConfigError } from '../config/config-error.js';
import { logger } from '../logging/logger.js';
import { newKey, selfSigned } from './self-signed.js';

/** Files that a person renews, and addresses of this computer, are looked at this often. */
const LOOK_MS = 60_000;
/** What is left to a certificate of ours when the next one is made. */
const RENEW_BEFORE_MS = 30 * 24 * 3_600_000;

interface Pair {
  key: string;
  certificate: string;
}

/**
 * The certificate of a server that speaks TLS itself: the files of MLE_TLS_CERT and MLE_TLS_KEY, or one of our own in
 * the data folder. The key of ours stays when the certificate is renewed, since workers know the server by it.
 */
@Injectable()
export class ServerCertificate implements OnApplicationShutdown {
  private readonly folder: string;
  private timer: NodeJS.Timeout | null = null;
  private current: Pair | null = null;
  private seen = '';
  private known: string | null = null;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    this.folder = join(config.dataDir, 'tls');
  }

  /** SHA-256 of the public key as curl's --pinnedpubkey takes it; null without TLS. */
  get serverKey(): string | null {
    return this.known;
  }

  /**
   * Gives the server its certificate, and each that follows.
   * @throws ConfigError where the files that are configured cannot be used.
   */
  async secure(server: Server): Promise<void> {
    await this.renew(server);
    this.timer = setInterval(() => {
      this.renew(server).catch((error: unknown) =>
        logger.error({ err: error }, 'the certificate was not renewed, and the one before is used further'),
      );
    }, LOOK_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async renew(server: Server): Promise<void> {
    const pair = await (this.config.tls?.files ? this.givenPair(this.config.tls.files) : this.ownPair());
    if (pair === null || (pair.certificate === this.current?.certificate && pair.key === this.current.key)) return;
    server.setSecureContext({ cert: pair.certificate, key: pair.key, minVersion: 'TLSv1.2' });
    this.current = pair;
    const certificate = new X509Certificate(pair.certificate);
    const key = createHash('sha256').update(certificate.publicKey.export({ type: 'spki', format: 'der' }));
    this.known = `sha256//${key.digest('base64')}`;
    // Workers of this computer read it there, also after it changed.
    await this.write('server-key', `${this.known}\n`, 0o644);
    if (Date.parse(certificate.validTo) < Date.now())
      logger.warn({ validTo: certificate.validTo }, 'the certificate in MLE_TLS_CERT has expired: renew it');
    logger.info({ validTo: certificate.validTo, serverKey: this.known }, 'certificate in use');
  }

  /** Null while the files are as they were. */
  private async givenPair(files: { certificate: string; key: string }): Promise<Pair | null> {
    try {
      const times = await Promise.all([stat(files.certificate), stat(files.key)]);
      const seen = times.map(({ mtimeMs, ino }) => `${ino} ${mtimeMs}`).join();
      if (seen === this.seen) return null;
      const [certificate, key] = await Promise.all([readFile(files.certificate, 'utf8'), readFile(files.key, 'utf8')]);
      // Renewed one after the other, they may not belong to each other for a moment: looked at again.
      createSecureContext({ cert: certificate, key });
      this.seen = seen;
      return { certificate, key };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ConfigError([
        `The certificate cannot be used: ${why}. MLE_TLS_CERT has to name a PEM file with the certificate and those above it, and MLE_TLS_KEY one with its private key.`,
      ]);
    }
  }

  private async ownPair(): Promise<Pair> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const key = (await readIfThere(join(this.folder, 'key.pem'))) ?? (await this.write('key.pem', newKey(), 0o600));
    const privateKey = this.readKey(key);
    const names = this.names();
    const kept = await readIfThere(join(this.folder, 'certificate.pem'));
    if (kept !== null && isCurrent(kept, privateKey, names)) return { key, certificate: kept };
    return { key, certificate: await this.write('certificate.pem', await selfSigned(key, names), 0o644) };
  }

  private readKey(pem: string): KeyObject {
    try {
      return createPrivateKey(pem);
    } catch {
      throw new ConfigError([
        `${join(this.folder, 'key.pem')} holds no key. Put back the one of a backup, or remove the file: the server makes another one, and machines have to be told its new key.`,
      ]);
    }
  }

  /** By what a browser or a worker may reach this server. */
  private names(): string[] {
    const { host, publicUrl, allowedHosts } = this.config;
    const addresses = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ address }) => !address.startsWith('fe80:'))
      .map(({ address }) => address);
    const chosen = [host, ...allowedHosts, ...(publicUrl === null ? [] : [new URL(publicUrl).hostname])];
    const names = ['localhost', '127.0.0.1', '::1', hostname().toLowerCase(), ...chosen, ...addresses];
    return [...new Set(names.map((name) => name.replace(/^\[(.*)\]$/, '$1')))].filter(
      (name) => name !== '0.0.0.0' && name !== '::' && /^[a-z0-9.:_-]+$/.test(name),
    );
  }

  private async write(name: string, text: string, mode: number): Promise<string> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const temporary = join(this.folder, `${name}.${process.pid}.new`);
    await writeFile(temporary, text, { mode });
    await rename(temporary, join(this.folder, name));
    return text;
  }
}

/**
 * It is of the key, and holds for a while, for each of the names, and for no name of before. Addresses come and go with
 * networks, and those of before are kept: each new certificate is one that people have to accept in their browsers.
 */
function isCurrent(pem: string, key: KeyObject, names: readonly string[]): boolean {
  const certificate = readCertificate(pem);
  return (
    certificate !== null &&
    certificate.checkPrivateKey(key) &&
    Date.parse(certificate.validTo) - Date.now() > RENEW_BEFORE_MS &&
    names.every((name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined) &&
    hostNames(certificate).every((name) => names.includes(name))
  );
}

const hostNames = ({ subjectAltName = '' }: X509Certificate): string[] =>
  [...subjectAltName.matchAll(/DNS:([^\s,]+)/g)].map(([, name = '']) => name);

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
