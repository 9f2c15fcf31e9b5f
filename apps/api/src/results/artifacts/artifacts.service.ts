import {
  type ArtifactList,
  type ArtifactView,
  FILE_MODES,
  type FileView,
  LIMITS,
  type Manifest,
  type ManifestEntry,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { BlobCollectorService } from '../../platform/blobs/blob-collector.service.js';
import { notFound } from '../../platform/http/problem.js';
import { SnapshotsService } from '../../projects/snapshots/snapshots.service.js';
import { OwnedRuns } from '../../run-records/owned-runs.service.js';
import { RunHooks } from '../../run-records/run-hooks.js';
import { ArtifactsRepository } from './artifacts.repository.js';

/** Files of an archive that are handed over at once. */
const PAGE = 500;

/** The files of a run as its owner reads them: its artifacts, and the snapshot that it executed. */
@Injectable()
export class ArtifactsService {
  constructor(
    private readonly artifacts: ArtifactsRepository,
    private readonly runs: OwnedRuns,
    private readonly snapshots: SnapshotsService,
    collector: BlobCollectorService,
    hooks: RunHooks,
  ) {
    hooks.onDelete.add((runIds) => this.artifacts.removeRuns(runIds));
    hooks.onMeasure.add(async (runIds, add) => add(await this.artifacts.bytesOf(runIds)));
    collector.roots.add((keep) => keep(this.artifacts.allBlobs()));
  }

  async list(ownerId: string, runId: string, attempt: number | undefined): Promise<ArtifactList> {
    const { ref } = await this.runs.attempt(ownerId, runId, attempt);
    const [items, dropped] = await Promise.all([
      this.artifacts.list(ref),
      this.artifacts.dropped(ref, LIMITS.artifactsDropped),
    ]);
    const bytes = items.reduce((sum, { size }) => sum + size, 0);
    return { items, bytes, quotaBytes: LIMITS.artifactQuotaBytes, dropped: dropped.items, droppedCount: dropped.count };
  }

  async get(ownerId: string, runId: string, attempt: number | undefined, path: string): Promise<ArtifactView> {
    const { ref } = await this.runs.attempt(ownerId, runId, attempt);
    const artifact = await this.artifacts.get(ref, path);
    if (!artifact) throw notFound('artifact', `The run has no artifact ${path}.`);
    return artifact;
  }

  /** All artifacts as an archive wants them, and its name. */
  async archive(
    ownerId: string,
    runId: string,
    attempt: number | undefined,
  ): Promise<{ name: string; files: Iterable<FileView[]> }> {
    const { run, ref } = await this.runs.attempt(ownerId, runId, attempt);
    const files = filePages(await this.artifacts.list(ref));
    return { name: `${run.projectName.replaceAll('/', '_')}-run-${run.number}.zip`, files };
  }

  async snapshot(ownerId: string, runId: string): Promise<Manifest> {
    return this.snapshots.manifest((await this.runs.get(ownerId, runId)).snapshotId);
  }

  async snapshotFile(ownerId: string, runId: string, path: string): Promise<ManifestEntry> {
    const { files } = await this.snapshot(ownerId, runId);
    const file = files.find((entry) => entry.path === path);
    if (!file) throw notFound('file', `The run’s files have no ${path}.`);
    return file;
  }
}

function* filePages(artifacts: readonly ArtifactView[]): Iterable<FileView[]> {
  for (let i = 0; i < artifacts.length; i += PAGE)
    yield artifacts.slice(i, i + PAGE).map(({ path, size, sha256, modifiedAt }) => ({
      path,
      size,
      sha256,
      mode: FILE_MODES.plain,
      mtime: modifiedAt,
    }));
}
