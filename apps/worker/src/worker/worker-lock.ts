import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BadArgument } from '../base/config/bad-argument.js';
import { bootId, isSameProcess, processStartTime } from '../supervisor/process-hunt.js';

const LockSchema = z.object({ pid: z.int(), startTime: z.string().nullable(), bootId: z.string().nullable() });

/** Two workers with one data directory would run each other's journal. Throws `BadArgument` where another one lives. */
export function lockDataDir(dataDir: string): () => void {
  const path = join(dataDir, 'worker.lock');
  for (;;) {
    try {
      const fd = openSync(path, 'wx', 0o600);
      writeSync(fd, JSON.stringify({ pid: process.pid, startTime: processStartTime(process.pid), bootId: bootId() }));
      closeSync(fd);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readHolder(path);
      if (holder !== null && holder.pid !== process.pid && isSameProcess(holder)) {
        throw new BadArgument(
          `Another worker (process ${holder.pid}) uses ${dataDir}. End it first, or give another --data.`,
        );
      }
      rmSync(path, { force: true });
    }
  }
}

function readHolder(path: string): z.infer<typeof LockSchema> | null {
  try {
    return LockSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}
