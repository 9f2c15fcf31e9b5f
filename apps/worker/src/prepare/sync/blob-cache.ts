import type { Hash } from 'node:crypto';
import { createHash, hash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SmallBlob, StoredFile } from './blob-packs.js';
import { BlobPacks } from './blob-packs.js';

/** Fewer that come together have a file each, so that the changes of single files do not fill the disk with packs. */
const PACK_FROM = 16;

/** Blobs by SHA-256, and the beginnings of those under way. A blob in it was verified. */
export class BlobCache {
  private readonly blobs: string;
  private readonly partials: string;
  private readonly packs: BlobPacks;
  /** Those that may have a file of their own: only for them the disk is asked. */
  private readonly files: Set<string>;

  constructor(dataDir: string) {
    this.blobs = join(dataDir, 'cache', 'blobs');
    this.partials = join(dataDir, 'cache', 'partial');
    this.packs = new BlobPacks(join(dataDir, 'cache', 'packs'));
    mkdirSync(this.blobs, { recursive: true, mode: 0o700 });
    mkdirSync(this.partials, { recursive: true, mode: 0o700 });
    this.files = new Set(readdirSync(this.blobs).flatMap((folder) => readdirSync(join(this.blobs, folder))));
  }

  /** Of a blob that is too large for a message of its own, the file that it is in. */
  path(sha256: string): string {
    return join(this.blobs, sha256.slice(0, 2), sha256);
  }

  has(sha256: string): boolean {
    return this.packs.has(sha256) || (this.files.has(sha256) && existsSync(this.path(sha256)));
  }

  /** The file that a blob is in; null: it is not here. */
  fileOf(sha256: string): string | null {
    return this.packs.fileOf(sha256) ?? (this.files.has(sha256) ? this.path(sha256) : null);
  }

  /** All files of it, also the beginnings. */
  stored(): StoredFile[] {
    const own = readdirSync(this.blobs).flatMap((folder) =>
      readdirSync(join(this.blobs, folder)).map((name) => join(this.blobs, folder, name)),
    );
    const begun = readdirSync(this.partials).map((name) => this.partialPath(name));
    return [...this.packs.stored(), ...[...own, ...begun].map((path) => ({ path, hashes: [basename(path)] }))];
  }

  remove(file: StoredFile): void {
    const { path, hashes } = file;
    rmSync(path, { force: true });
    this.packs.forget(file);
    for (const sha256 of hashes) if (path === this.path(sha256)) this.files.delete(sha256);
  }

  /** The blobs that are there by a part, cut off with a connection, and how many bytes of each. */
  async partialSizes(): Promise<Map<string, number>> {
    const names = await readdir(this.partials).catch((): string[] => []);
    return new Map(
      await Promise.all(
        names.map(async (name) => [name, (await stat(this.partialPath(name)).catch(() => null))?.size ?? 0] as const),
      ),
    );
  }

  /** The bytes of a small blob, at once: see `inTurns`. Null: it is not here, or no longer. */
  read(sha256: string): Buffer | null {
    try {
      return this.packs.read(sha256) ?? readFileSync(this.path(sha256));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /**
   * Takes small blobs that came whole, at once. Returns those whose bytes are those of their names; the others are not
   * kept.
   */
  add(blobs: SmallBlob[]): SmallBlob[] {
    const good = blobs.filter(({ sha256, bytes }) => hash('sha256', bytes) === sha256);
    if (good.length >= PACK_FROM) this.packs.add(good);
    else for (const { sha256, bytes } of good) this.addFile(sha256, bytes);
    return good;
  }

  private addFile(sha256: string, bytes: Buffer): void {
    const target = this.path(sha256);
    const temporary = `${target}.${process.pid}.tmp`;
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, bytes, { mode: 0o600 });
    renameSync(temporary, target);
    this.files.add(sha256);
  }

  async receive(sha256: string, from: number): Promise<IncomingBlob> {
    const path = this.partialPath(sha256);
    const sum = createHash('sha256');
    if (from > 0) {
      await truncate(path, from);
      await hashFile(sum, path);
    }
    const handle = await open(path, from > 0 ? 'a' : 'w', 0o600);
    this.files.add(sha256);
    return new IncomingBlob(sha256, handle, sum, from, path, this.path(sha256));
  }

  private partialPath(sha256: string): string {
    return join(this.partials, sha256);
  }
}

/** A blob while it comes. */
export class IncomingBlob {
  constructor(
    readonly sha256: string,
    private readonly handle: FileHandle,
    private readonly hash: Hash,
    private offset: number,
    private readonly partial: string,
    private readonly target: string,
  ) {}

  get received(): number {
    return this.offset;
  }

  async write(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    await this.handle.appendFile(bytes);
    this.hash.update(bytes);
    this.offset += bytes.length;
  }

  /** True: it is in the cache. False: its bytes are not those of its name, and nothing of them is kept. */
  async complete(): Promise<boolean> {
    await this.handle.close();
    if (this.hash.digest('hex') !== this.sha256) {
      await rm(this.partial, { force: true });
      return false;
    }
    await mkdir(dirname(this.target), { recursive: true, mode: 0o700 });
    await rename(this.partial, this.target);
    return true;
  }

  /** Keeps nothing, so that it is asked for from its first byte. */
  async abandon(): Promise<void> {
    await this.handle.close();
    await rm(this.partial, { force: true });
  }

  /** Keeps what came for a later `receive`. */
  async interrupt(): Promise<void> {
    await this.handle.close();
  }
}

function hashFile(sum: Hash, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    createReadStream(path)
      .on('data', (chunk) => sum.update(chunk))
      .on('error', reject)
      .on('end', () => resolve());
  });
}
