import { randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ListenTokenSchema } from '@mle/protocol';
import { writeAtomic } from '../../base/atomic-file.js';
import { BadArgument } from '../../base/config/bad-argument.js';
import { fingerprintOf, makeCertificate } from './certificate.js';

/** What a listening worker is known by; kept, so that a server finds it again after a restart. */
export interface ListenIdentity {
  certificate: string;
  key: string;
  fingerprint: string;
  token: string;
  /** Where a person reads the token; null where the person gave it. */
  tokenFile: string | null;
}

/** Reads the identity from the data directory, or makes what is missing. `token` is one that a person chose. */
export async function listenIdentity(dataDir: string, token: string | null): Promise<ListenIdentity> {
  const certificateFile = join(dataDir, 'listen-certificate.pem');
  const keyFile = join(dataDir, 'listen-key.pem');
  const tokenFile = join(dataDir, 'listen-token');
  let [certificate, key] = await Promise.all([readIfThere(certificateFile), readIfThere(keyFile)]);
  if (certificate === null || key === null) {
    ({ certificate, key } = makeCertificate(hostname().slice(0, 60)));
    await writeAtomic(keyFile, key);
    await writeAtomic(certificateFile, certificate);
  }
  const fingerprint = fingerprintOf(new X509Certificate(certificate).raw);
  if (token !== null)
    return { certificate, key, fingerprint, token: checked(token, 'The given token'), tokenFile: null };
  const kept = await readIfThere(tokenFile);
  if (kept !== null) return { certificate, key, fingerprint, token: checked(kept, `The file ${tokenFile}`), tokenFile };
  const made = randomBytes(32).toString('base64url');
  await writeAtomic(tokenFile, `${made}\n`);
  return { certificate, key, fingerprint, token: made, tokenFile };
}

function checked(text: string, source: string): string {
  const token = ListenTokenSchema.safeParse(text);
  if (!token.success)
    throw new BadArgument(`${source} cannot be listened with: ${token.error.issues[0]?.message ?? 'it is no token.'}`);
  return token.data;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
