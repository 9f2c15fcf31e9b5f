import { type ArtifactEntry, LIMITS } from '@mle/protocol';

/**
 * What one machine said that an attempt has and the server lacks: its pieces are taken, and no others. A path is in it
 * until it is an artifact.
 */
export class AnnouncedContents {
  private readonly paths = new Map<string, string>();
  private readonly contents = new Map<string, { size: number; paths: number }>();
  private readonly shown = new Set<string>();

  get isEmpty(): boolean {
    return this.paths.size === 0;
  }

  add({ path, sha256, size }: ArtifactEntry): void {
    this.remove(path);
    const content = this.contents.get(sha256) ?? { size, paths: 0 };
    content.paths++;
    this.contents.set(sha256, content);
    this.paths.set(path, sha256);
  }

  remove(path: string): void {
    const sha256 = this.paths.get(path) ?? '';
    const content = this.contents.get(sha256);
    this.paths.delete(path);
    if (content && --content.paths === 0) this.contents.delete(sha256);
  }

  expects(sha256: string, size: number): boolean {
    return this.contents.get(sha256)?.size === size;
  }

  /** The machine had this content: it sent all of it, or the attempt had it as an artifact. */
  show(sha256: string): void {
    // Who has shown so much sends what he names again.
    if (this.shown.size >= LIMITS.artifactFiles) this.shown.clear();
    this.shown.add(sha256);
  }

  isShown(sha256: string): boolean {
    return this.shown.has(sha256);
  }

  /** What is still to come, but for these paths. */
  totalsBeside(paths: readonly string[]): { files: number; bytes: number } {
    const beside = new Set(paths);
    const totals = { files: 0, bytes: 0 };
    for (const [path, sha256] of this.paths) {
      if (beside.has(path)) continue;
      totals.files++;
      totals.bytes += this.contents.get(sha256)?.size ?? 0;
    }
    return totals;
  }
}
