import { renameSync, rmdirSync, unlinkSync } from 'node:fs';
import type { OpenFolder } from '../../base/open-folder.js';
import { inTurns } from './in-turns.js';

/** Removes what has the name, with all that is in it, and never what a link leads to. */
export async function removeInTurns(parent: OpenFolder, name: string | Buffer): Promise<void> {
  await inTurns(removal(parent, name), () => undefined);
}

/** The same without a pause. */
export function removeNow(parent: OpenFolder, name: string | Buffer): void {
  const steps = removal(parent, name);
  while (steps.next().done !== true) continue;
}

/**
 * What is in a folder of the tree is moved up to the top of the tree, and that folder removed: however deep it is, two
 * folders are open, and each is moved once.
 */
function* removal(parent: OpenFolder, name: string | Buffer): Generator<void> {
  if (removeOne(parent.at(name))) return;
  const top = parent.folder(name);
  try {
    let moved = 0;
    for (let entries = top.entries(); entries.length > 0; entries = top.entries()) {
      for (const entry of entries) {
        yield;
        if (removeOne(top.at(entry.name))) continue;
        const folder = top.folder(entry.name);
        try {
          for (const inner of folder.entries()) {
            yield;
            if (removeOne(folder.at(inner.name))) continue;
            renameSync(folder.at(inner.name), top.at(`.removed-${process.pid}-${moved++}`));
          }
        } finally {
          folder.close();
        }
      }
    }
  } finally {
    top.close();
  }
  removeOne(parent.at(name));
}

/** False: it is a folder that is not empty. */
function removeOne(path: string | Buffer): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    // A folder: EISDIR on Linux, EPERM elsewhere.
    if (code !== 'EISDIR' && code !== 'EPERM') throw error;
  }
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') return false;
    throw error;
  }
}
