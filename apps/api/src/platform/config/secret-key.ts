import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-error.js';

/** Reads <dataDir>/secret-key, or makes it (mode 0600). */
export function secretKeyFile(dataDir: string): Buffer {
  const file = join(dataDir, 'secret-key');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/i.test(key)) {
    throw new ConfigError([`${file} holds no key. Put back the 64 hex digits that it held, or set MLE_SECRET_KEY.`]);
  }
  return Buffer.from(key, 'hex');
}
