import { chownSync, lchownSync, lstatSync } from 'node:fs';
import { OpenFolder } from '../../base/open-folder.js';
import { inTurns } from './in-turns.js';

/**
 * Gives a folder to a user, with all in it that is of the user who had it before: of the slot, as it was once, or of a
 * data folder that has moved. The folder itself comes last, so that one that was cut short is gone through again.
 */
export async function giveFolder(path: string, uid: number): Promise<void> {
  const folder = OpenFolder.open(path);
  try {
    const before = folder.uid;
    if (before !== uid) await inTurns(gift(folder, before, uid), () => undefined);
  } finally {
    folder.close();
  }
}

/** A file with more than one name stays whose it is: the other name may be in a folder of somebody else. */
function* gift(folder: OpenFolder, from: number, to: number): Generator<void> {
  for (const { name } of folder.entries()) {
    yield;
    const stat = lstatSync(folder.at(name));
    if (stat.uid !== from) continue;
    if (!stat.isDirectory()) {
      if (stat.nlink === 1) lchownSync(folder.at(name), to, to);
      continue;
    }
    const inner = folder.folder(name);
    try {
      yield* gift(inner, from, to);
    } finally {
      inner.close();
    }
  }
  chownSync(folder.path, to, to);
}
