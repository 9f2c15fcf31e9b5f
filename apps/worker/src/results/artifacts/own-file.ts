import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { sep } from 'node:path';
import { OpenFolder } from '../../base/open-folder.js';

const READ_BYTES = 256 * 1024;

/** A file that is not the run's to give away, as a sentence. */
export class NotOwn extends Error {}

/** What a file looked like. `ctime` changes with any write, also one that sets `mtime` back. */
export interface Trace {
  size: number;
  mtimeMs: number;
  ctimeMs: number;
  inode: number;
}

export function traceOf(stat: Stats): Trace {
  return { size: stat.size, mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs, inode: stat.ino };
}

export function sameTrace(a: Trace, b: Trace): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.inode === b.inode;
}

/**
 * Opens a regular file below `root`, which is a real path, one part of its path at a time: the run may change folders
 * into links at any moment, and the worker may read more than the run may. `uid`: whose it has to be, null: anybody's.
 */
export async function openOwn(
  root: string,
  path: string,
  uid: number | null,
): Promise<{ handle: FileHandle; stat: Stats }> {
  if (!path.startsWith(root + sep)) throw new NotOwn('It lies outside of the folder.');
  const parts = path.slice(root.length + 1).split(sep);
  const folder = OpenFolder.below(root, parts.slice(0, -1));
  let handle: FileHandle;
  try {
    handle = await open(
      folder.at(parts.at(-1) ?? ''),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw new NotOwn('It is a link.');
    throw error;
  } finally {
    folder.close();
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new NotOwn('It is no regular file.');
    if (uid !== null && stat.uid !== uid) throw new NotOwn('It belongs to another user of the machine.');
    return { handle, stat };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The SHA-256 of a file that is open. */
export async function hashOf(handle: FileHandle, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (let position = 0; ;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
