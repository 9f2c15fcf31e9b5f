import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Notes in the data folder when this machine is to switch itself off, as a timer of systemd reads it: the machine looks
 * there once a minute.
 */
export function noteEnd(dataDir: string, endsAt: string): void {
  const [day = '', time = ''] = new Date(endsAt).toISOString().split(/[T.]/);
  try {
    writeFileSync(join(dataDir, 'ends-at'), `${day} ${time} UTC\n`, { mode: 0o600 });
  } catch {
    // A full disk keeps the worker from nothing: the server tells it again at the next connection.
  }
}
