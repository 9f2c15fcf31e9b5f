import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Leftover } from '@mle/protocol';
import { IgnoreRules, LIMITS, projectPathError } from '@mle/protocol';

/** Made again by tools, or meant to stay: not worth a question after each run. */
const SKIPPED_FOLDERS = new Set([
  '.git',
  '.venv',
  'venv',
  'node_modules',
  '__pycache__',
  '.cache',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.ipynb_checkpoints',
]);
/** At the top of a project: what programs keep for the next run, also when it starts clean. */
const DATA_FOLDER = 'data';
const IGNORE_FILE = '.mleignore';
/** A tree that is larger is not looked through while the next run waits for the slot. */
const ENTRIES = 200_000;

/**
 * The files of a workspace that were made or changed since `since` and are not of the snapshot. `ctime` tells: it moves
 * with every write and every rename, and no program can set it.
 */
export async function findLeftovers(
  workspace: string,
  snapshot: ReadonlySet<string>,
  since: number,
): Promise<{ items: Leftover[]; truncated: boolean }> {
  const list = (folder: string): Promise<Dirent[]> =>
    readdir(join(workspace, folder), { withFileTypes: true }).catch(() => []);
  const top = await list('');
  // A run may have put a pipe there, which nobody would write to.
  const hasRules = top.some((entry) => entry.name === IGNORE_FILE && entry.isFile());
  const ignored = new IgnoreRules(hasRules ? await readFile(join(workspace, IGNORE_FILE), 'utf8').catch(() => '') : '');
  const items: Leftover[] = [];
  let looked = 0;
  const visit = async (folder: string, entries: Dirent[]): Promise<void> => {
    looked += entries.length;
    const files: string[] = [];
    const folders: string[] = [];
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (
          !SKIPPED_FOLDERS.has(entry.name) &&
          path !== DATA_FOLDER &&
          projectPathError(path) === null &&
          !ignored.ignores(`${path}/`)
        )
          folders.push(path);
      } else if (entry.isFile() && !snapshot.has(path) && projectPathError(path) === null && !ignored.ignores(path))
        files.push(path);
    }
    const stats = await Promise.all(files.map((path) => lstat(join(workspace, path)).catch(() => null)));
    files.forEach((path, i) => {
      const stat = stats[i];
      if (stat?.isFile() === true && stat.ctimeMs >= since)
        items.push({ path, size: stat.size, modifiedAt: stat.mtimeMs });
    });
    for (const next of folders) {
      if (items.length > LIMITS.leftovers || looked > ENTRIES) return;
      await visit(next, await list(next));
    }
  };
  await visit('', top);
  return { items: items.slice(0, LIMITS.leftovers), truncated: items.length > LIMITS.leftovers || looked > ENTRIES };
}
