import { join } from 'node:path';
import { ProcessLock } from '@mle/process/lock.mjs';

/** Another living store works on the same directory. */
class DataDirectoryInUse extends Error {}

/** Takes the directory for this process. */
export function lockDataDirectory(directory: string): () => void {
  const lock = new ProcessLock(join(directory, 'store.lock'));
  const taken = lock.take();
  if ('holder' in taken) {
    throw new DataDirectoryInUse(
      `The data directory ${directory} is in use by another store (process ${taken.holder.pid}).`,
    );
  }
  return () => lock.release();
}
