import { chmodSync, mkdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Makes a folder and sets its mode. The umask takes from what mkdir is asked for, and it may be there already. */
export function makeFolder(path: string, mode: number): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, mode);
}

/** The same with each folder on the way from `root`, which is there, down to `path`. */
export function makeFolders(root: string, path: string, mode: number): void {
  let folder = root;
  for (const part of relative(root, path).split(sep)) {
    folder = join(folder, part);
    makeFolder(folder, mode);
  }
}
