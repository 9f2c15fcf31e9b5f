import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import type { Leftover } from '@mle/protocol';
import { IgnoreRules, LIMITS, projectPathError } from '@mle/protocol';
import { OpenFolder } from '../base/open-folder.js';
import { inTurns } from './sync/in-turns.js';

/** Made again by tools, or meant to stay: not worth a question after each run. */
export const SKIPPED_FOLDERS = new Set([
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
export const DATA_FOLDER = 'data';
const IGNORE_FILE = '.mleignore';
/** A longer one is none. */
const IGNORE_BYTES = 1024 * 1024;
/** A tree that is larger is not looked through while the next run waits for the slot. */
const ENTRIES = 200_000;

/**
 * The files of a workspace that were made or changed since `since` and are not of the snapshot. `ctime` tells: it moves
 * with every write and every rename, and no program can set it. `uid`: whose the rules of what to ignore have to be.
 */
export async function findLeftovers(
  workspace: string,
  snapshot: ReadonlySet<string>,
  since: number,
  uid: number | null,
): Promise<{ items: Leftover[]; truncated: boolean }> {
  const root = OpenFolder.open(workspace);
  const ignored = new IgnoreRules(rulesOf(root, uid));
  const items: Leftover[] = [];
  let looked = 0;
  /** Closes the folder. */
  const visit = async (here: OpenFolder, prefix: string): Promise<void> => {
    try {
      const folders: string[] = [];
      const entries = here.entriesOrNone();
      looked += entries.length;
      await inTurns(entries, (entry) => {
        const name = entry.name.toString();
        const path = prefix + name;
        if (projectPathError(path) !== null) return;
        if (entry.isDirectory()) {
          if (!SKIPPED_FOLDERS.has(name) && path !== DATA_FOLDER && !ignored.ignores(`${path}/`)) folders.push(name);
        } else if (entry.isFile() && !snapshot.has(path) && !ignored.ignores(path)) {
          const stat = lstatSync(here.at(entry.name), { throwIfNoEntry: false });
          if (stat?.isFile() === true && stat.ctimeMs >= since)
            items.push({ path, size: stat.size, modifiedAt: stat.mtimeMs });
        }
      });
      for (const name of folders) {
        if (items.length > LIMITS.leftovers || looked > ENTRIES) return;
        const inner = folderOf(here, name);
        if (inner !== null) await visit(inner, `${prefix}${name}/`);
      }
    } finally {
      here.close();
    }
  };
  await visit(root, '');
  return { items: items.slice(0, LIMITS.leftovers), truncated: items.length > LIMITS.leftovers || looked > ENTRIES };
}

/** Null where it is no folder any more. */
function folderOf(folder: OpenFolder, name: string): OpenFolder | null {
  try {
    return folder.folder(name);
  } catch {
    return null;
  }
}

/** What the .mleignore says, where it is a file of the run. */
function rulesOf(root: OpenFolder, uid: number | null): string {
  let file: number;
  try {
    // A run may have put a pipe there, which nobody would write to.
    file = openSync(root.at(IGNORE_FILE), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return '';
  }
  try {
    const stat = fstatSync(file);
    const isOwn = stat.isFile() && (uid === null || stat.uid === uid) && stat.size <= IGNORE_BYTES;
    return isOwn ? readFileSync(file, 'utf8') : '';
  } finally {
    closeSync(file);
  }
}
