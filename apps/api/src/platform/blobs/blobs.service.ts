import { createHash, randomUUID } from 'node:crypto';
import { closeSync, createReadStream, openSync, readdirSync, readSync, statSync, unlinkSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { ProblemError, tooLarge } from '../http/problem.js';
import { blobPath, blobsFolder } from './blob-path.js';

interface StoredBlob {
  sha256: string;
  size: number;
}

/** Bytes by their SHA-256, each a file of its own. A blob never changes. */
@Injectable()
export class BlobsService implements OnModuleInit {
  private readonly root: string;
  private readonly temporary: string;
  /** When this process last stored or kept a blob: those are not collected, however old the file. */
  private readonly kept = new Map<string, number>();

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'dataDir' | 'maxFileBytes'>) {
    this.root = blobsFolder(config.dataDir);
    this.temporary = join(this.root, 'tmp');
  }

  async onModuleInit(): Promise<void> {
    // What is left here was being written when an earlier server ended.
    await rm(this.temporary, { recursive: true, force: true });
    await mkdir(this.temporary, { recursive: true, mode: 0o700 });
  }

  /**
   * Stores a stream; the same bytes are stored once. Durable when it returns.
   * @throws ProblemError 413 beyond `limit` bytes, of which nothing stays.
   */
  async put(stream: Readable, limit = this.config.maxFileBytes): Promise<StoredBlob> {
    const file = join(this.temporary, randomUUID());
    try {
      const blob = await this.write(file, stream, limit);
      await this.adopt(file, blob.sha256);
      return blob;
    } catch (error) {
      await rm(file, { force: true });
      throw diskProblem(error);
    }
  }

  /**
   * Takes over a file beside the blobs, already flushed, whose bytes were found to be those of the name. Durable when
   * it returns.
   */
  async adopt(file: string, sha256: string): Promise<void> {
    this.keep(sha256);
    const path = this.path(sha256);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Over the same bytes if they are there: atomic, and the age begins anew.
    await rename(file, path);
    await syncFolder(folder);
  }

  /** Protects a blob that is about to be referenced, in every process. Answers its size, or null when there is none. */
  async claim(sha256: string): Promise<number | null> {
    this.keep(sha256);
    const now = new Date();
    try {
      await utimes(this.path(sha256), now, now);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    return this.size(sha256);
  }

  /** @throws ProblemError 413 when a Content-Length already tells that the bytes are too many. */
  checkDeclaredSize(contentLength: string | undefined): void {
    if (Number(contentLength ?? 0) > this.config.maxFileBytes) throw fileTooLarge(this.config.maxFileBytes);
  }

  putBytes(bytes: Uint8Array): Promise<StoredBlob> {
    return this.put(Readable.from([bytes]));
  }

  /** In bytes, or null when there is no such blob. */
  async size(sha256: string): Promise<number | null> {
    try {
      return (await stat(this.path(sha256))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** The bytes [from, to); an absent blob is an error of the stream. */
  open(sha256: string, { from = 0, to }: { from?: number; to?: number } = {}): Readable {
    if (to !== undefined && to <= from) return Readable.from([]);
    return createReadStream(this.path(sha256), {
      start: from,
      ...(to !== undefined && { end: to - 1 }),
      highWaterMark: 256 * 1024,
    });
  }

  read(sha256: string): Promise<Buffer> {
    return readFile(this.path(sha256));
  }

  /**
   * Fills `into` with a small blob from an offset, before anything else happens in this process. Returns how many bytes
   * there were.
   */
  readNow(sha256: string, from: number, into: Buffer): number {
    const file = openSync(this.path(sha256), 'r');
    try {
      return readSync(file, into, 0, into.length, from);
    } finally {
      closeSync(file);
    }
  }

  /** Protects a blob that is about to be referenced from the next collections. */
  keep(sha256: string): void {
    this.kept.set(sha256, Date.now());
  }

  /**
   * Deletes the blobs that `referenced` does not name and that were neither stored nor kept for `graceMs`.
   * Looks and deletes without giving way to anything else in this process, so that no `put` gets in between.
   */
  collect(referenced: ReadonlySet<string>, graceMs: number): { files: number; bytes: number } {
    const since = Date.now() - graceMs;
    for (const [sha256, at] of this.kept) if (at < since) this.kept.delete(sha256);
    const freed = { files: 0, bytes: 0 };
    for (const folder of readdirSync(this.root).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
      for (const sha256 of readdirSync(join(this.root, folder))) {
        if (referenced.has(sha256) || this.kept.has(sha256)) continue;
        const { mtimeMs, size } = statSync(this.path(sha256));
        if (mtimeMs > since) continue;
        unlinkSync(this.path(sha256));
        freed.files++;
        freed.bytes += size;
      }
    }
    return freed;
  }

  private path(sha256: string): string {
    return blobPath(this.root, sha256);
  }

  private async write(file: string, stream: Readable, limit: number): Promise<StoredBlob> {
    const hash = createHash('sha256');
    let size = 0;
    const handle = await open(file, 'wx', 0o600);
    try {
      // The stream outlives a refusal: destroying a request would take the answer with it.
      for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        if (size > limit) throw fileTooLarge(limit);
        hash.update(chunk);
        await handle.writeFile(chunk);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { sha256: hash.digest('hex'), size };
  }
}

const fileTooLarge = (limit: number) =>
  tooLarge('file.too_large', `The file is larger than the ${limit} bytes allowed.`);

/** Makes a rename durable. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function diskProblem(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new ProblemError(
      507,
      'disk.full',
      'The disk of the server is full. Nothing was changed; free some space and try again.',
    );
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new ProblemError(400, 'body.aborted', 'The request ended before its whole body had come.');
  return error;
}
