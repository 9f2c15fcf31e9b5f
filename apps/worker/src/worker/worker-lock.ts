import { join } from 'node:path';
import { ProcessLock } from '@mle/process/lock.mjs';
import { BadArgument } from '../base/config/bad-argument.js';

/** Two workers with one data directory would run each other's journal. Throws `BadArgument` where another one lives. */
export function lockDataDir(dataDir: string): () => void {
  const lock = new ProcessLock(join(dataDir, 'worker.lock'));
  const taken = lock.take();
  if ('holder' in taken) {
    throw new BadArgument(
      `Another worker (process ${taken.holder.pid}) uses ${dataDir}. End it first, or give another --data.`,
    );
  }
  return () => lock.release();
}
