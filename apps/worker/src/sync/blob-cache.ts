import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Blobs by SHA-256, and the beginnings of those under way. A blob in it was verified. */
export class BlobCache {
  private readonly blobs: string;
  private readonly partials: string;

  constructor(dataDir: string) {
    this.blobs = join(dataDir, 'cache', 'blobs');
    this.partials = join(dataDir, 'cache', 'partial');
  }

  path(sha256: string): string {
    return join(this.blobs, sha256.slice(0, 2), sha256);
  }

  has(sha256: string): boolean {
    return existsSync(this.path(sha256));
  }

  /** The blobs that are there by a part, cut off with a connection, and how many bytes of each. */
  async partialSizes(): Promise<Map<string, number>> {
    const names = await readdir(this.partials).catch((): string[] => []);
    return new Map(await Promise.all(names.map(async (name) => [name, (await stat(this.partialPath(name)).catch(() => null))?.size ?? 0] as const)));
  }

  /** Takes a small blob that came whole, at once: see `inTurns`. False: its bytes are not those of its name. */
  put(sha256: string, bytes: Buffer): boolean {
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      rmSync(this.partialPath(sha256), { force: true });
      return false;
    }
    const target = this.path(sha256);
    const temporary = `${target}.${process.pid}.tmp`;
    try {
      writeFileSync(temporary, bytes, { mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      writeFileSync(temporary, bytes, { mode: 0o600 });
    }
    renameSync(temporary, target);
    return true;
  }

  async receive(sha256: string, from: number): Promise<IncomingBlob> {
    await mkdir(this.partials, { recursive: true, mode: 0o700 });
    const path = this.partialPath(sha256);
    const hash = createHash('sha256');
    if (from > 0) {
      await truncate(path, from);
      await addFile(hash, path);
    }
    const handle = await open(path, from > 0 ? 'a' : 'w', 0o600);
    return new IncomingBlob(sha256, handle, hash, from, path, this.path(sha256));
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

function addFile(hash: Hash, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    createReadStream(path)
      .on('data', (chunk) => hash.update(chunk))
      .on('error', reject)
      .on('end', () => resolve());
  });
}
