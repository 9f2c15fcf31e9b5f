import type { Stats } from 'node:fs';
import {
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { copyFile, lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, normalize, sep } from 'node:path';
import { projectPathError } from '@mle/protocol';
import { OpenFolder } from '../../base/open-folder.js';
import { PrepareError } from '../../base/prepare-error.js';
import { inTurns } from './in-turns.js';
import { removeInTurns, removeNow } from './tree-removal.js';

/**
 * Changes files below one folder and never outside it. A run may put a symbolic link in the place of any folder at any
 * moment: each folder of a path is opened by itself, and what is done is done by a name of the open folder. A link on
 * the way is removed, not followed. To be closed after use.
 */
export class ContainedTree {
  /** Files of one folder mostly come one after the other. */
  private last: { path: string; folder: OpenFolder } | null = null;

  constructor(
    readonly root: string,
    private readonly owner: { uid: number; gid: number } | null,
  ) {}

  close(): void {
    this.last?.folder.close();
    this.last = null;
  }

  /**
   * Places a short file in a folder that `makeFolders` made, at once: see `inTurns`. What was there goes, whatever it
   * was. One that a crash cuts short is not in the index, and is replaced by the next sync.
   */
  placeFile(path: string, bytes: Buffer, mode: number): Stats {
    const file = this.create(path, mode);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      return this.finish(file, mode);
    } finally {
      closeSync(file);
    }
  }

  /** Places a copy of `source`, a file that takes its time. */
  async placeLargeFile(path: string, source: string, mode: number): Promise<Stats> {
    const file = this.create(path, mode);
    try {
      const target = process.platform === 'linux' ? `/proc/self/fd/${file}` : this.absolute(path);
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      return this.finish(file, mode);
    } finally {
      closeSync(file);
    }
  }

  /** Places a symbolic link. Throws `PrepareError` where it would leave the folder. */
  placeLink(path: string, destination: string): Stats {
    const inside = normalize(join(dirname(path), destination));
    if (
      destination === '' ||
      destination.startsWith('/') ||
      destination.includes('\0') ||
      inside === '..' ||
      inside.startsWith(`..${sep}`)
    ) {
      throw new PrepareError(
        `The link "${path}" leaves the project: it points to "${destination}". Remove it, or let it point to a file of the project.`,
      );
    }
    const folder = this.enter(path, true);
    removeNow(folder, basename(path));
    // It stays the worker's: a name whose owner is changed may be another file by then.
    symlinkSync(destination, folder.at(basename(path)));
    return lstatSync(folder.at(basename(path)));
  }

  /** A link inside by its text may still leave by way of another link. */
  async checkLink(path: string): Promise<void> {
    const real = await realpath(this.absolute(path)).catch(() => null);
    const root = await realpath(this.root);
    if (real === null || real === root || real.startsWith(root + sep)) return;
    this.remove(path);
    throw new PrepareError(
      `The link "${path}" leaves the project by way of another link. Remove it, or let it point to a file of the project.`,
    );
  }

  /**
   * Removes a file that the project no longer has, and the folders that are empty then. False: it is there, and is not
   * what was to be removed.
   */
  remove(path: string, isMeant: (stat: Stats) => boolean = () => true): boolean {
    try {
      const folder = this.enter(path, false);
      const stat = lstatSync(folder.at(basename(path)));
      if (stat.isDirectory() || !isMeant(stat)) return false;
      unlinkSync(folder.at(basename(path)));
      for (let above = dirname(path); above !== '.'; above = dirname(above))
        rmdirSync(this.enter(above, false).at(basename(above)));
    } catch (error) {
      // Gone, below a link, or a folder that still holds something.
      const { code } = error as NodeJS.ErrnoException;
      if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'ENOTEMPTY', 'EEXIST', 'EBUSY'].includes(code ?? '')) throw error;
    }
    return true;
  }

  /** Removes all but `keep` and what is below the top folders `keepFolders`. */
  async clean(keep: Set<string>, keepFolders: string[]): Promise<void> {
    const folders = new Set(foldersOf([...keep]));
    const visit = async (here: OpenFolder, prefix: string): Promise<void> => {
      for (const entry of here.entries()) {
        const path = `${prefix}${entry.name.toString()}`;
        if (keepFolders.includes(path) && entry.isDirectory()) continue;
        if (entry.isDirectory() && folders.has(path)) {
          const inner = here.folder(entry.name);
          try {
            await visit(inner, `${path}/`);
          } finally {
            inner.close();
          }
        } else if (entry.isDirectory() || !keep.has(path)) await removeInTurns(here, entry.name);
      }
    };
    this.close();
    const root = OpenFolder.open(this.root);
    try {
      await visit(root, '');
    } finally {
      root.close();
    }
  }

  /** Of the folders that lead to `paths`, those that are real ones all the way. */
  async realFolders(paths: string[]): Promise<Set<string>> {
    const real = new Set<string>(['.']);
    for (const folder of foldersOf(paths)) {
      const stat = real.has(dirname(folder)) ? await lstat(join(this.root, folder)).catch(() => null) : null;
      if (stat?.isDirectory() === true) real.add(folder);
    }
    return real;
  }

  /** Makes the folders that lead to `paths`, so that files can be placed side by side afterwards. */
  async makeFolders(paths: string[]): Promise<void> {
    await inTurns(byFolder(paths), (path) => void this.enter(path, true));
  }

  private absolute(path: string): string {
    if (projectPathError(path) !== null) throw new PrepareError(`The project has a path that leaves it: "${path}".`);
    return join(this.root, path);
  }

  private create(path: string, mode: number): number {
    const folder = this.enter(path, true);
    const open = (): number => openSync(folder.at(basename(path)), 'wx', mode);
    try {
      return open();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      removeNow(folder, basename(path));
      return open();
    }
  }

  private finish(file: number, mode: number): Stats {
    if (this.owner !== null) fchownSync(file, this.owner.uid, this.owner.gid);
    const stat = fstatSync(file);
    if ((stat.mode & 0o777) === mode) return stat;
    fchmodSync(file, mode);
    return fstatSync(file);
  }

  /** The folder that the path is in, open until the next one. `make`: what is no folder on the way becomes one. */
  private enter(path: string, make: boolean): OpenFolder {
    this.absolute(path);
    const wanted = dirname(path);
    if (this.last?.path === wanted) return this.last.folder;
    this.close();
    let folder = OpenFolder.open(this.root);
    for (const part of wanted === '.' ? [] : wanted.split('/')) {
      const here = folder;
      folder = here.stepTo(() => (make ? this.made(here, part) : here.folder(part)));
    }
    this.last = { path: wanted, folder };
    return folder;
  }

  private made(parent: OpenFolder, name: string): OpenFolder {
    try {
      return parent.folder(name);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTDIR' || code === 'ELOOP') unlinkSync(parent.at(name));
      else if (code !== 'ENOENT') throw error;
    }
    mkdirSync(parent.at(name));
    const folder = parent.folder(name);
    // By the open folder: the name may be another one by now.
    if (this.owner !== null && folder.uid === 0) chownSync(folder.path, this.owner.uid, this.owner.gid);
    return folder;
  }
}

/** The folders that lead to `paths`, each after the one above it. */
function foldersOf(paths: string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.add(path.slice(0, at));
  return [...folders].sort();
}

/** One path of each folder. */
function byFolder(paths: string[]): Iterable<string> {
  return new Map(paths.map((path) => [dirname(path), path])).values();
}
