import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Another living store works on the same directory. */
export class DataDirectoryInUse extends Error {}

/**
 * Takes the directory for this process. The lock names its holder by pid and start time, so that one left behind by a
 * killed process, or whose pid was given to another program since, never blocks a start.
 */
export function lockDataDirectory(directory: string): () => void {
  const path = join(directory, 'store.lock');
  const own = JSON.stringify({ pid: process.pid, startedAt: startTime(process.pid) });
  for (let attempt = 0; attempt < 10; attempt++) {
    if (createExclusively(path, own)) return () => release(path, own);
    const holder = readIfThere(path);
    if (holder !== null && isAlive(holder)) {
      throw new DataDirectoryInUse(
        `The data directory ${directory} is in use by another store (process ${pidOf(holder)}).`,
      );
    }
    if (holder !== null) discard(path, holder);
  }
  throw new DataDirectoryInUse(`The lock ${path} could not be taken: other stores are starting at the same time.`);
}

function createExclusively(path: string, content: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, content);
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the stale lock aside first: of two stores that start at once only one removes it. */
function discard(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readIfThere(aside) === stale) rmSync(aside);
    else renameSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function release(path: string, own: string): void {
  if (readIfThere(path) === own) rmSync(path, { force: true });
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function pidOf(content: string): number {
  try {
    return Number((JSON.parse(content) as { pid?: unknown }).pid);
  } catch {
    return Number.NaN;
  }
}

function isAlive(content: string): boolean {
  const pid = pidOf(content);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return content === JSON.stringify({ pid, startedAt: startTime(pid) });
}

/** The start time of a process in ticks since boot with the boot's id; empty where there is no /proc. */
function startTime(pid: number): string {
  const stat = readIfThere(`/proc/${pid}/stat`);
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks === undefined ? '' : `${readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}:${ticks}`;
}
