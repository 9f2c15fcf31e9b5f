import type { Stats } from 'node:fs';
import { closeSync, constants, fchmodSync, fchownSync, fstatSync, openSync, rmSync, writeSync } from 'node:fs';
import { chmod, copyFile, lchown, lstat, mkdir, readdir, realpath, rm, rmdir, symlink, unlink } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { projectPathError } from '@mle/protocol';
import { PrepareError } from '../../base/prepare-error.js';

/**
 * Changes files below one folder and never outside it. An earlier run may have put a symbolic link in the place of
 * any folder: each step of a path is looked at, and a link on the way is removed, not followed.
 */
export class ContainedTree {
  constructor(
    readonly root: string,
    private readonly owner: { uid: number; gid: number } | null,
  ) {}

  absolute(path: string): string {
    if (projectPathError(path) !== null) throw new PrepareError(`The project has a path that leaves it: "${path}".`);
    return join(this.root, path);
  }

  /**
   * Places a short file in a folder that `makeFolders` made, at once: see `inTurns`. What was there goes, whatever it
   * was. One that a crash cuts short is not in the index, and is replaced by the next sync.
   */
  placeFile(path: string, bytes: Buffer, mode: number): Stats {
    const file = this.create(this.absolute(path), mode);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      if (this.owner !== null) fchownSync(file, this.owner.uid, this.owner.gid);
      const stat = fstatSync(file);
      if ((stat.mode & 0o777) === mode) return stat;
      fchmodSync(file, mode);
      return fstatSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** Places a copy of `source`, a file that takes its time. */
  async placeLargeFile(path: string, source: string, mode: number): Promise<Stats> {
    const target = await this.clearWay(path);
    await rm(target, { force: true });
    await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await chmod(target, mode);
    await this.own(target);
    return lstat(target);
  }

  /** Places a symbolic link. Throws `PrepareError` where it would leave the folder. */
  async placeLink(path: string, destination: string): Promise<Stats> {
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
    const target = await this.clearWay(path);
    await rm(target, { force: true });
    await symlink(destination, target);
    await this.own(target);
    return lstat(target);
  }

  /** A link inside by its text may still leave by way of another link. */
  async checkLink(path: string): Promise<void> {
    const real = await realpath(this.absolute(path)).catch(() => null);
    const root = await realpath(this.root);
    if (real === null || real === root || real.startsWith(root + sep)) return;
    await rm(this.absolute(path), { force: true });
    throw new PrepareError(
      `The link "${path}" leaves the project by way of another link. Remove it, or let it point to a file of the project.`,
    );
  }

  /** Removes a file that the project no longer has, and the folders that are empty then. */
  async remove(path: string): Promise<void> {
    const parts = path.split('/');
    if (!(await this.isRealFolder(parts.slice(0, -1)))) return;
    const stat = await lstat(this.absolute(path)).catch(() => null);
    if (stat === null || stat.isDirectory()) return;
    await unlink(this.absolute(path));
    for (let depth = parts.length - 1; depth > 0; depth--) {
      try {
        await rmdir(join(this.root, ...parts.slice(0, depth)));
      } catch {
        return;
      }
    }
  }

  /** Removes all but `keep` and what is below the top folders `keepFolders`. */
  async clean(keep: Set<string>, keepFolders: string[]): Promise<void> {
    const folders = new Set(foldersOf([...keep]));
    const visit = async (folder: string): Promise<void> => {
      for (const entry of await readdir(join(this.root, folder), { withFileTypes: true })) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (keepFolders.includes(path) && entry.isDirectory()) continue;
        if (entry.isDirectory() && folders.has(path)) await visit(path);
        else if (entry.isDirectory() || !keep.has(path))
          await rm(join(this.root, path), { recursive: true, force: true });
      }
    };
    await visit('');
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
    for (const folder of foldersOf(paths)) await this.makeFolder(join(this.root, folder));
  }

  private create(target: string, mode: number): number {
    const open = (): number => openSync(target, 'wx', mode);
    try {
      return open();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      rmSync(target, { recursive: true, force: true });
      return open();
    }
  }

  /** Real folders down to the file; nothing but a file or a link, or nothing, at the end. */
  private async clearWay(path: string): Promise<string> {
    const target = this.absolute(path);
    const parts = path.split('/');
    let folder = this.root;
    for (const part of parts.slice(0, -1)) {
      folder = join(folder, part);
      await this.makeFolder(folder);
    }
    const there = await lstat(target).catch(() => null);
    if (there?.isDirectory() === true) await rm(target, { recursive: true });
    return target;
  }

  private async makeFolder(folder: string): Promise<void> {
    const stat = await lstat(folder).catch(() => null);
    if (stat?.isDirectory() === true) return;
    if (stat !== null) await unlink(folder);
    await mkdir(folder);
    await this.own(folder);
  }

  private async isRealFolder(parts: string[]): Promise<boolean> {
    for (let depth = 1; depth <= parts.length; depth++) {
      const stat = await lstat(join(this.root, ...parts.slice(0, depth))).catch(() => null);
      if (stat?.isDirectory() !== true) return false;
    }
    return true;
  }

  private async own(path: string): Promise<void> {
    if (this.owner !== null) await lchown(path, this.owner.uid, this.owner.gid);
  }
}

/** The folders that lead to `paths`, each after the one above it. */
function foldersOf(paths: string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.add(path.slice(0, at));
  return [...folders].sort();
}
