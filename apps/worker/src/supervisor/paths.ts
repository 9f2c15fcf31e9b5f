import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataDirHash } from '../base/data-dir-hash.js';

/**
 * The private folder of the supervisor's socket and pipes. It lies under the temporary directory because Node
 * cuts the path of a unix socket beyond 107 bytes without a word.
 */
export function runtimeFolder(dataDir: string): string {
  const folder = join(tmpdir(), `mle-worker-${dataDirHash(dataDir)}`);
  mkdirSync(folder, { mode: 0o700, recursive: true });
  const stat = lstatSync(folder);
  if (
    !stat.isDirectory() ||
    (process.getuid !== undefined && stat.uid !== process.getuid()) ||
    (stat.mode & 0o077) !== 0
  ) {
    throw new Error(`The folder ${folder} belongs to another user or is open to others. Remove it and start again.`);
  }
  return folder;
}

export const socketPath = (folder: string): string => join(folder, 'supervisor.sock');
/** Who the supervisor is, in the data directory. */
export const recordPath = (dataDir: string): string => join(dataDir, 'supervisor.json');
