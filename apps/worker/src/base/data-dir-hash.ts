import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';

/** Names a data directory wherever its own path is too long or not reachable. */
export function dataDirHash(dataDir: string): string {
  return createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 20);
}
