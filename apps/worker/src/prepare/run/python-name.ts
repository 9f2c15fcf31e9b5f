import { accessSync, constants, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { makeFolder } from '../../base/folders.js';
import type { Identity } from '../../machine/identity/identity.js';

/**
 * Commands say `python`, and several systems have python3 only: where that is so, the name is added at the end of the
 * runs' PATH. It may be called again when Python was installed meanwhile: the PATH is the same, so that running
 * attempts need no new one.
 */
export function pathWithPython({ path, root }: Identity): string {
  const python3 = findOn(path, 'python3');
  if (findOn(path, 'python') !== null) return path;
  const folder = join(root, 'bin');
  makeFolder(folder, 0o755);
  rmSync(join(folder, 'python'), { force: true });
  if (python3 !== null) symlinkSync(python3, join(folder, 'python'));
  return `${path}${delimiter}${folder}`;
}

function findOn(path: string, name: string): string | null {
  for (const folder of path.split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
