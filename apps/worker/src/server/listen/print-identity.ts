import { mkdirSync } from 'node:fs';
import type { ListeningWorker } from '@mle/protocol';
import { listenIdentity } from './listen-identity.js';

/** Makes what a listening worker is known by, where it is not there yet, and prints it as one line of JSON. */
export async function printIdentity(dataDir: string): Promise<void> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const { fingerprint, token } = await listenIdentity(dataDir, null);
  process.stdout.write(`${JSON.stringify({ fingerprint, token } satisfies ListeningWorker)}\n`);
}
