import type { Dirent } from 'node:fs';
import { closeSync, constants, fstatSync, openSync, readdirSync } from 'node:fs';

/** Linux only, like the names below /proc; Node does not name it. */
const O_PATH = 0o10000000;
const BY_DESCRIPTOR = process.platform === 'linux';

/**
 * A folder that was opened, and names in it. A program may put a link in the place of any folder of a path at any
 * moment; what is done by a name of an open folder happens there, wherever it has been moved. The name itself may
 * still be a link: use only calls that do not follow one. Elsewhere than on Linux the worker has the rights of its
 * runs, and a path does.
 */
export class OpenFolder {
  private constructor(
    private readonly descriptor: number,
    /** The folder as a path for calls that may follow its last part. */
    readonly path: string,
  ) {}

  /** Opens a folder whose parents no run can change. Throws ENOENT, or ENOTDIR for a link. */
  static open(path: string | Buffer): OpenFolder {
    const how = (BY_DESCRIPTOR ? O_PATH : constants.O_RDONLY) | constants.O_DIRECTORY | constants.O_NOFOLLOW;
    const descriptor = openSync(path, how);
    return new OpenFolder(descriptor, BY_DESCRIPTOR ? `/proc/self/fd/${descriptor}` : path.toString());
  }

  /** Opens a folder below `root`, one part of its path at a time. */
  static below(root: string, parts: string[]): OpenFolder {
    let here = OpenFolder.open(root);
    for (const part of parts) here = here.stepTo(() => here.folder(part));
    return here;
  }

  /** The path of a name in it. */
  at(name: string): string;
  at(name: string | Buffer): string | Buffer;
  at(name: string | Buffer): string | Buffer {
    return typeof name === 'string' ? `${this.path}/${name}` : Buffer.concat([Buffer.from(`${this.path}/`), name]);
  }

  folder(name: string | Buffer): OpenFolder {
    return OpenFolder.open(this.at(name));
  }

  /** The next folder of a way; this one is closed whether it is found or not. */
  stepTo(next: () => OpenFolder): OpenFolder {
    try {
      return next();
    } finally {
      this.close();
    }
  }

  entries(): Dirent<Buffer>[] {
    return readdirSync(this.path, { withFileTypes: true, encoding: 'buffer' });
  }

  /** The same; none where it is closed to the worker itself. */
  entriesOrNone(): Dirent<Buffer>[] {
    try {
      return this.entries();
    } catch {
      return [];
    }
  }

  get uid(): number {
    return fstatSync(this.descriptor).uid;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
