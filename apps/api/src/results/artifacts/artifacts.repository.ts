import type { ArtifactEntry, ArtifactOrigin, ArtifactView, AttemptRef, DroppedArtifact } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, QueryFilter } from 'mongoose';
import { Artifact } from './artifact.schema.js';

interface ArtifactTotals {
  files: number;
  bytes: number;
}

const STORED = { sha256: { $ne: null } };
const DROPPED = { sha256: null };

/** The only place that touches artifacts in the database. */
@Injectable()
export class ArtifactsRepository {
  constructor(@InjectModel(Artifact.name) private readonly artifacts: Model<Artifact>) {}

  async list(ref: AttemptRef): Promise<ArtifactView[]> {
    return (
      await this.artifacts
        .find({ ...of(ref), ...STORED })
        .sort({ path: 1 })
        .lean()
    ).map(view);
  }

  async get(ref: AttemptRef, path: string): Promise<ArtifactView | null> {
    const found = await this.artifacts.findOne({ ...of(ref), path, ...STORED }).lean();
    return found && view(found);
  }

  async dropped(ref: AttemptRef, limit: number): Promise<{ items: DroppedArtifact[]; count: number }> {
    const filter = { ...of(ref), ...DROPPED };
    const [items, count] = await Promise.all([
      this.artifacts.find(filter).sort({ path: 1 }).limit(limit).lean(),
      this.artifacts.countDocuments(filter),
    ]);
    return { items: items.map(({ path, size, reason }) => ({ path, size, reason: reason ?? '' })), count };
  }

  /** Files and bytes that are stored, of one origin or of both. */
  async totals(ref: AttemptRef, origin?: ArtifactOrigin): Promise<ArtifactTotals> {
    const [totals] = await this.artifacts.aggregate<ArtifactTotals>([
      { $match: { ...of(ref), ...STORED, ...(origin && { origin }) } },
      { $group: { _id: null, files: { $sum: 1 }, bytes: { $sum: '$size' } } },
    ]);
    return { files: totals?.files ?? 0, bytes: totals?.bytes ?? 0 };
  }

  /** What is known of the paths, stored or dropped. */
  async known(ref: AttemptRef, paths: string[]): Promise<Map<string, Pick<Artifact, 'size' | 'sha256' | 'reason'>>> {
    const found = await this.artifacts
      .find({ ...of(ref), path: { $in: paths } }, { path: 1, size: 1, sha256: 1, reason: 1 })
      .lean();
    return new Map(found.map(({ path, size, sha256, reason }) => [path, { size, sha256, reason }]));
  }

  /** Whether an artifact of this owner has the content. */
  async has(ownerId: string, sha256: string): Promise<boolean> {
    return (await this.artifacts.exists({ ownerId, sha256 })) !== null;
  }

  async store(ref: AttemptRef, ownerId: string, entries: ArtifactEntry[]): Promise<void> {
    await this.write(
      ref,
      entries.map(({ path, size, sha256, modifiedAt, origin }) => ({
        path,
        size,
        sha256,
        origin,
        ownerId,
        modifiedAt: new Date(modifiedAt),
        reason: null,
      })),
    );
  }

  async drop(ref: AttemptRef, dropped: DroppedArtifact[], origin: ArtifactOrigin): Promise<void> {
    await this.write(
      ref,
      dropped.map(({ path, size, reason }) => ({ path, size, reason, origin, sha256: null, modifiedAt: null })),
    );
  }

  /** Forgets files that the run itself removed. */
  forget(ref: AttemptRef, paths: string[]): Promise<Pick<Artifact, 'sha256' | 'size'>[]> {
    return this.deleteAll({ ...of(ref), path: { $in: paths }, origin: 'output' });
  }

  /** Forgets all that the run's folder was said to hold; what was dropped stays known. */
  forgetStored(ref: AttemptRef): Promise<Pick<Artifact, 'sha256' | 'size'>[]> {
    return this.deleteAll({ ...of(ref), ...STORED, origin: 'output' });
  }

  async bytesOf(runIds: readonly string[]): Promise<number> {
    let bytes = 0;
    const found = this.artifacts.find({ runId: { $in: [...runIds] }, ...STORED }, { size: 1 });
    for await (const { size } of found.lean().cursor()) bytes += size;
    return bytes;
  }

  async removeRuns(runIds: readonly string[]): Promise<void> {
    await this.artifacts.deleteMany({ runId: { $in: runIds } });
  }

  /** The blobs of all artifacts. */
  async *allBlobs(): AsyncIterable<string> {
    for await (const { sha256 } of this.artifacts.find(STORED, { sha256: 1 }).lean().cursor())
      if (sha256 !== null) yield sha256;
  }

  /** Answers what there was. */
  private async deleteAll(filter: QueryFilter<Artifact>): Promise<Pick<Artifact, 'sha256' | 'size'>[]> {
    const found = await this.artifacts.find(filter, { sha256: 1, size: 1 }).lean();
    await this.artifacts.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } });
    return found;
  }

  private async write(
    ref: AttemptRef,
    values: (Omit<Artifact, '_id' | 'runId' | 'attempt' | 'ownerId'> & Partial<Pick<Artifact, 'ownerId'>>)[],
  ): Promise<void> {
    if (values.length === 0) return;
    await this.artifacts.bulkWrite(
      values.map(({ path, ...set }) => ({
        updateOne: { filter: { ...of(ref), path }, update: { $set: set }, upsert: true },
      })),
    );
  }
}

const of = ({ runId, attempt }: AttemptRef): AttemptRef => ({ runId, attempt });

function view({ path, size, sha256, modifiedAt, origin }: Artifact): ArtifactView {
  return { path, size, sha256: sha256 ?? '', modifiedAt: (modifiedAt ?? new Date(0)).toISOString(), origin };
}
