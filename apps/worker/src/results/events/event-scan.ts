import { lstatSync } from 'node:fs';
import { OpenFolder } from '../../base/open-folder.js';
import { DATA_FOLDER, SKIPPED_FOLDERS } from '../../prepare/leftover-scan.js';
import { inTurns } from '../../prepare/sync/in-turns.js';

const MARK = 'tfevents';
/** A tree that is larger is not looked through again and again. */
const ENTRIES = 50_000;
const MOST_FILES = 200;
const DEEPEST = 20;

/**
 * The event files below a folder that were written since `since`, as paths below it in their order. `ctime` tells: no
 * program can set it.
 */
export async function findEventFiles(root: string, since: number): Promise<string[]> {
  const found: string[] = [];
  let looked = 0;
  /** Closes the folder. */
  const visit = async (here: OpenFolder, parts: string[]): Promise<void> => {
    try {
      const folders: string[] = [];
      const entries = here.entriesOrNone();
      looked += entries.length;
      await inTurns(entries, (entry) => {
        const name = entry.name.toString();
        if (entry.isDirectory()) {
          if (!SKIPPED_FOLDERS.has(name) && (parts.length > 0 || name !== DATA_FOLDER)) folders.push(name);
        } else if (entry.isFile() && name.includes(MARK)) {
          const stat = lstatSync(here.at(entry.name), { throwIfNoEntry: false });
          if (stat?.isFile() === true && stat.ctimeMs >= since) found.push([...parts, name].join('/'));
        }
      });
      for (const name of folders) {
        if (looked > ENTRIES || found.length >= MOST_FILES || parts.length >= DEEPEST) return;
        const inner = opened(() => here.folder(name));
        if (inner !== null) await visit(inner, [...parts, name]);
      }
    } finally {
      here.close();
    }
  };
  const top = opened(() => OpenFolder.open(root));
  if (top !== null) await visit(top, []);
  return found.sort().slice(0, MOST_FILES);
}

/** Null where it is no folder any more. */
function opened(open: () => OpenFolder): OpenFolder | null {
  try {
    return open();
  } catch {
    return null;
  }
}
