import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { type ManifestEntry, ManifestSchema } from '@mle/protocol';
import { blobPath } from '../../platform/blobs/blob-path.js';
import { MAX_SOURCE } from './source-settings.js';

/** Runs of one project follow each other: the snapshot of one is that before of the next. */
const SNAPSHOTS_KEPT = 4;

/** Reads snapshots and texts in a thread, where nobody waits for it. */
export class SnapshotTexts {
  private readonly known = new Map<string, ManifestEntry[]>();

  /** `folder`: that of the blobs. */
  constructor(private readonly folder: string) {}

  filesOf(snapshotId: string): ManifestEntry[] {
    const known = this.known.get(snapshotId);
    if (known) return known;
    const { files } = ManifestSchema.parse(JSON.parse(readFileSync(blobPath(this.folder, snapshotId), 'utf8')));
    this.known.set(snapshotId, files);
    const [oldest] = this.known.keys();
    if (oldest !== undefined && this.known.size > SNAPSHOTS_KEPT) this.known.delete(oldest);
    return files;
  }

  /** Null for what is no text in UTF-8, or larger than what a person writes. */
  of(sha256: string): string | null {
    const path = blobPath(this.folder, sha256);
    if (statSync(path).size > MAX_SOURCE) return null;
    const bytes = readFileSync(path);
    return bytes.includes(0) || !isUtf8(bytes) ? null : bytes.toString('utf8');
  }
}
