import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { IGNORE_FILE, IgnoreRules, type Manifest, type ManifestEntry, ManifestSchema } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { BlobCollectorService } from '../../platform/blobs/blob-collector.service.js';
import { BlobsService } from '../../platform/blobs/blobs.service.js';
import { listJson, type Pages } from '../../platform/http/paged-json.js';
import { notFound } from '../../platform/http/problem.js';
import { FilesRepository } from '../files/files.repository.js';
import { ProjectRemover } from '../project-remover.service.js';
import { ProjectsService } from '../projects.service.js';
import { SnapshotsRepository } from './snapshots.repository.js';

/** `id` names the manifest's blob; `bytes` and `files` are those that are sent to machines. */
export interface Snapshot {
  id: string;
  bytes: number;
  files: number;
}

const SETTLE_TRIES = 5;
/** What is larger was not written by a person. */
const IGNORE_FILE_BYTES = 64 * 1024;
/** Of the time of everybody else, while many files are compared with many rules. */
const SLICE_MS = 5;
/** Of thousands of files each: a run asks for its manifest right after it was made. */
const MANIFESTS_KEPT = 8;
/** Files of a manifest that are written at once. */
const PAGE = 1_000;

@Injectable()
export class SnapshotsService {
  /** When each snapshot was last given to somebody who will name it in the database. */
  private readonly handedOut = new Map<string, number>();
  private readonly manifests = new Map<string, Manifest>();

  constructor(
    private readonly snapshots: SnapshotsRepository,
    private readonly projects: ProjectsService,
    private readonly files: FilesRepository,
    private readonly blobs: BlobsService,
    collector: BlobCollectorService,
    remover: ProjectRemover,
  ) {
    collector.roots.add((keep, since) => keep(this.referenced(since)));
    remover.add(async (projectId) => {
      await this.snapshots.delete(projectId);
      return false;
    });
  }

  /**
   * The project's files as they are now, each change that was answered before included. Costs two small reads when
   * nothing changed since the last one, and one where the project's `revision` was just read.
   */
  async snapshotOf(projectId: string, revision?: number): Promise<Snapshot> {
    if (revision !== undefined) {
      const known = await this.snapshots.of(projectId);
      if (known?.revision === revision) return this.handOut(known);
    }
    for (let attempt = 1; ; attempt++) {
      const [before, cached] = await Promise.all([this.projects.revisionOf(projectId), this.snapshots.of(projectId)]);
      if (cached?.revision === before.revision) return this.handOut(cached);
      const taken = await this.take(projectId);
      const after = await this.projects.revisionOf(projectId);
      const undisturbed = before.settled && after.settled && after.revision === before.revision;
      if (undisturbed) await this.snapshots.save(projectId, { ...taken, revision: after.revision });
      // While somebody keeps on saving, any moment is as good as another: each of the files is one that was saved.
      if (undisturbed || attempt === SETTLE_TRIES) return this.handOut(taken);
    }
  }

  /** @throws ProblemError 404 when the blob is gone. */
  async manifest(snapshotId: string): Promise<Manifest> {
    if ((await this.blobs.size(snapshotId)) === null) throw notFound('snapshot');
    return (
      this.manifests.get(snapshotId) ??
      this.remember(snapshotId, ManifestSchema.parse(JSON.parse((await this.blobs.read(snapshotId)).toString('utf8'))))
    );
  }

  /** The snapshot with another text in one of its files: what a single run is sent. Answers its id. */
  async withText(snapshotId: string, path: string, text: string): Promise<string> {
    const blob = await this.blobs.putBytes(Buffer.from(text));
    const { files } = await this.manifest(snapshotId);
    const id = await this.store(files.map((file) => (file.path === path ? { ...file, ...blob } : file)));
    this.handedOut.set(id, Date.now());
    return id;
  }

  private remember(snapshotId: string, manifest: Manifest): Manifest {
    this.manifests.set(snapshotId, manifest);
    const [oldest] = this.manifests.keys();
    if (oldest !== undefined && this.manifests.size > MANIFESTS_KEPT) this.manifests.delete(oldest);
    return manifest;
  }

  private async take(projectId: string): Promise<Snapshot> {
    const all: ManifestEntry[] = [];
    for await (const page of this.files.pages(projectId))
      for (const { path, mode, size, sha256 } of page) all.push({ path, mode, size, sha256 });
    const files = await this.sent(all);
    return { id: await this.store(files), bytes: files.reduce((sum, { size }) => sum + size, 0), files: files.length };
  }

  private async store(files: ManifestEntry[]): Promise<string> {
    const { sha256 } = await this.blobs.put(Readable.from(listJson('{"version":1,"files":', inPages(files))));
    this.remember(sha256, { version: 1, files });
    return sha256;
  }

  /** Without what the project's .mleignore names. */
  private async sent(files: ManifestEntry[]): Promise<ManifestEntry[]> {
    const rules = files.find(({ path }) => path === IGNORE_FILE);
    if (rules === undefined || rules.size > IGNORE_FILE_BYTES) return files;
    const matcher = new IgnoreRules((await this.blobs.read(rules.sha256)).toString('utf8'));
    const sent: ManifestEntry[] = [];
    let pause = performance.now() + SLICE_MS;
    for (const file of files) {
      if (file.path === IGNORE_FILE || !matcher.ignores(file.path)) sent.push(file);
      if (performance.now() < pause) continue;
      await setImmediate();
      pause = performance.now() + SLICE_MS;
    }
    return sent;
  }

  /** Between this moment and the run that will name it, the snapshot stays. */
  private handOut({ id, bytes, files }: Snapshot): Snapshot {
    this.handedOut.set(id, Date.now());
    return { id, bytes, files };
  }

  private async *referenced(since: number): AsyncIterable<string> {
    const seen = new Set<string>();
    for (const [id, at] of this.handedOut) {
      if (at < since) this.handedOut.delete(id);
      else yield* this.contents(id, seen);
    }
    for await (const id of this.snapshots.manifests()) yield* this.contents(id, seen);
  }

  private async *contents(id: string, seen: Set<string>): AsyncIterable<string> {
    if (seen.has(id)) return;
    seen.add(id);
    yield id;
    // A manifest that is lost protects nothing; it must not stop the others from doing so.
    if ((await this.blobs.size(id)) !== null) for (const { sha256 } of (await this.manifest(id)).files) yield sha256;
  }
}

async function* inPages<T>(items: readonly T[]): Pages<T> {
  for (let start = 0; start < items.length; start += PAGE) {
    if (start > 0) await setImmediate();
    yield items.slice(start, start + PAGE);
  }
}
