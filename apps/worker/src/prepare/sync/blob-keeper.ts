import { lstatSync, utimesSync } from 'node:fs';
import type { Logger } from '../../base/logger.js';
import type { BlobCache } from './blob-cache.js';
import type { StoredFile } from './blob-packs.js';
import { inTurns } from './in-turns.js';

/** So much of the limit is left, so that not every run prunes. */
const LEAVE = 0.9;
const TOUCH_EVERY_MS = 3_600_000;

interface Found extends StoredFile {
  bytes: number;
  usedAt: number;
}

/** Holds the cache to its limit: what was not used for longest goes first, and never what an attempt may still need. */
export class BlobKeeper {
  private readonly kept = new Map<string, ReadonlySet<string>>();
  private readonly touched = new Map<string, number>();
  private pruning: Promise<void> | null = null;

  constructor(
    private readonly cache: BlobCache,
    private readonly limitBytes: number,
    private readonly log: Logger,
  ) {}

  /** These blobs stay, once they are there, until the attempt is over. */
  keep(attempt: string, hashes: readonly string[]): void {
    this.kept.set(attempt, new Set(hashes));
    for (const path of new Set(hashes.map((sha256) => this.cache.fileOf(sha256)))) if (path !== null) this.touch(path);
  }

  release(attempt: string): void {
    this.kept.delete(attempt);
  }

  /** One at a time: whoever asks meanwhile waits for it. */
  async prune(): Promise<void> {
    this.pruning ??= this.pruneNow()
      .catch((error: unknown) => this.log.warn({ err: error }, 'The cache of file contents could not be pruned.'))
      .finally(() => (this.pruning = null));
    await this.pruning;
  }

  private async pruneNow(): Promise<void> {
    const found: Found[] = [];
    let total = 0;
    await inTurns(this.cache.stored(), (file) => {
      const stat = lstatSync(file.path, { throwIfNoEntry: false });
      if (stat === undefined) return;
      total += stat.size;
      found.push({ ...file, bytes: stat.size, usedAt: stat.mtimeMs });
    });
    if (total <= this.limitBytes) return;
    found.sort((a, b) => a.usedAt - b.usedAt);
    const before = total;
    await inTurns(found, (file) => {
      if (total <= this.limitBytes * LEAVE || file.hashes.some((sha256) => this.isKept(sha256))) return;
      this.cache.remove(file);
      this.touched.delete(file.path);
      total -= file.bytes;
    });
    this.log.info({ before, after: total }, 'The cache of file contents was pruned.');
  }

  private isKept(sha256: string): boolean {
    for (const hashes of this.kept.values()) if (hashes.has(sha256)) return true;
    return false;
  }

  /** Its time says when it was last used, also to the next worker. */
  private touch(path: string): void {
    const now = Date.now();
    if (now - (this.touched.get(path) ?? 0) < TOUCH_EVERY_MS) return;
    this.touched.set(path, now);
    try {
      utimesSync(path, now / 1000, now / 1000);
    } catch {
      // It is not there any more.
    }
  }
}
