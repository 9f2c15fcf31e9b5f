import type { Stats } from 'node:fs';
import type { AttemptProgress, AttemptRef, Manifest, ManifestEntry } from '@mle/protocol';
import { FILE_MODES } from '@mle/protocol';
import type { BlobCache } from './blob-cache.js';
import type { BlobFetcher } from './blob-fetcher.js';
import type { SmallBlob } from './blob-packs.js';
import type { ContainedTree } from './contained-tree.js';
import { inTurns } from './in-turns.js';
import type { WorkspaceIndex } from './workspace-index.js';

/** Written in turns with everything else up to this size, beyond it copied by the thread pool. */
const SMALL_BYTES = 256 * 1024;
const PROGRESS_EVERY_MS = 250;

export type ProgressReport = Omit<AttemptProgress, 'runId' | 'attempt'>;

/** Where files go, and what is noted and told of it. */
interface Destination {
  tree: ContainedTree;
  index: WorkspaceIndex;
  report: (progress: ProgressReport) => void;
}

/**
 * Puts those files of a snapshot into a workspace that are not there as they should be. Small ones are placed as they
 * come.
 */
export class Placement {
  private readonly small: Map<string, ManifestEntry[]>;
  private readonly large: ManifestEntry[];
  private readonly links: ManifestEntry[];
  private readonly progress: ProgressReport;
  private reportedAt = Number.NEGATIVE_INFINITY;
  private failure: Error | null = null;

  constructor(
    private readonly cache: BlobCache,
    private readonly fetcher: BlobFetcher,
    private readonly to: Destination,
    private readonly manifest: Manifest,
    private readonly due: ManifestEntry[],
  ) {
    const files = due.filter(({ mode }) => mode !== FILE_MODES.link);
    this.large = files.filter(({ size }) => size > SMALL_BYTES);
    this.small = byContent(files.filter(({ size }) => size <= SMALL_BYTES));
    this.links = due.filter(({ mode }) => mode === FILE_MODES.link);
    this.progress = {
      phase: 'syncing',
      filesDone: manifest.files.length - due.length,
      filesTotal: manifest.files.length,
      bytesDone: 0,
      bytesTotal: 0,
    };
  }

  /** Throws `PrepareError`, or the signal's reason. */
  async run(ref: AttemptRef, signal: AbortSignal): Promise<void> {
    const missing = this.missing();
    this.progress.bytesTotal = [...missing.values()].reduce((sum, { size }) => sum + size, 0);
    this.tell();
    await this.to.tree.makeFolders([...this.small.values(), this.large].flat().map(({ path }) => path));
    await this.bring(ref, [...missing.keys()], signal);
    await this.placeSmall(ref, signal);
    for (const entry of this.large) {
      signal.throwIfAborted();
      this.placed(
        entry,
        await this.to.tree.placeLargeFile(entry.path, this.cache.path(entry.sha256), permissions(entry)),
      );
    }
    // Last, so that no file is placed by way of one.
    for (const entry of this.links)
      this.placed(entry, this.to.tree.placeLink(entry.path, await this.linkTarget(ref, entry, signal)));
    for (const { path, mode } of this.manifest.files) if (mode === FILE_MODES.link) await this.to.tree.checkLink(path);
    this.reportedAt = Number.NEGATIVE_INFINITY;
    this.tell();
  }

  private missing(): Map<string, ManifestEntry> {
    return new Map(this.due.filter(({ sha256 }) => !this.cache.has(sha256)).map((entry) => [entry.sha256, entry]));
  }

  private async bring(ref: AttemptRef, missing: string[], signal: AbortSignal): Promise<void> {
    const bytes = (count: number): void => {
      this.progress.bytesDone += count;
      this.tell();
    };
    await this.fetcher.bring(ref, missing, { bytes, small: (blob) => this.came(blob) }, signal);
    if (this.failure !== null) throw this.failure;
  }

  /** The stream goes on with the others; the error is thrown when it is over, as what it is. */
  private came(blob: SmallBlob): void {
    if (this.failure !== null) return;
    try {
      this.placeContent(blob);
    } catch (error) {
      this.failure = error as Error;
    }
  }

  /** Those that the cache had, or that another run brought. */
  private async placeSmall(ref: AttemptRef, signal: AbortSignal): Promise<void> {
    while (this.small.size > 0) {
      await inTurns([...this.small.keys()], (sha256) => {
        signal.throwIfAborted();
        const bytes = this.cache.read(sha256);
        if (bytes !== null) this.placeContent({ sha256, bytes });
      });
      // What was damaged on the disk is no longer in the cache.
      await this.bring(ref, [...this.small.keys()], signal);
    }
  }

  private placeContent({ sha256, bytes }: SmallBlob): void {
    for (const entry of this.small.get(sha256) ?? [])
      this.placed(entry, this.to.tree.placeFile(entry.path, bytes, permissions(entry)));
    this.small.delete(sha256);
  }

  private async linkTarget(ref: AttemptRef, { sha256 }: ManifestEntry, signal: AbortSignal): Promise<string> {
    return (await this.fetcher.read(ref, sha256, signal)).toString('utf8');
  }

  private placed(entry: ManifestEntry, stat: Stats): void {
    this.to.index.note(entry, stat);
    this.progress.filesDone++;
    this.tell();
  }

  private tell(): void {
    if (performance.now() - this.reportedAt < PROGRESS_EVERY_MS) return;
    this.reportedAt = performance.now();
    this.to.report({ ...this.progress });
  }
}

function byContent(entries: ManifestEntry[]): Map<string, ManifestEntry[]> {
  const groups = new Map<string, ManifestEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.sha256);
    if (group === undefined) groups.set(entry.sha256, [entry]);
    else group.push(entry);
  }
  return groups;
}

function permissions({ mode }: ManifestEntry): number {
  return mode === FILE_MODES.executable ? 0o755 : 0o644;
}
