import { Injectable } from '@nestjs/common';
import { InjectConnection, InjectModel } from '@nestjs/mongoose';
import type { Connection, Model } from 'mongoose';
import { isDuplicate, objectId } from '../../platform/database/ids.js';
import { SNAPSHOT_MODEL, type SnapshotDocument } from './snapshot.schema.js';

interface CachedSnapshot {
  revision: number;
  id: string;
  bytes: number;
  files: number;
}

@Injectable()
export class SnapshotsRepository {
  constructor(
    @InjectModel(SNAPSHOT_MODEL) private readonly snapshots: Model<SnapshotDocument>,
    @InjectConnection() private readonly connection: Connection,
  ) {}

  async of(projectId: string): Promise<CachedSnapshot | null> {
    const found = await this.snapshots.findOne({ projectId: objectId(projectId) }).lean();
    return found && { revision: found.revision, id: found.manifest, bytes: found.bytes, files: found.files };
  }

  /** Keeps the snapshot unless one of a later revision is kept. */
  async save(projectId: string, { revision, id, bytes, files }: CachedSnapshot): Promise<void> {
    try {
      await this.snapshots.updateOne(
        { projectId: objectId(projectId), revision: { $lte: revision } },
        { $set: { revision, manifest: id, bytes, files } },
        { upsert: true },
      );
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }

  async delete(projectId: string): Promise<void> {
    await this.snapshots.deleteMany({ projectId: objectId(projectId) });
  }

  /** The manifests that are kept as newest, and those that runs and sweeps name. */
  async *manifests(): AsyncIterable<string> {
    for await (const { manifest } of this.snapshots.find({}, { manifest: 1 }).lean().cursor()) yield manifest;
    const runs = this.connection
      .collection<{ snapshotId?: unknown; given?: { snapshotId?: unknown } }>('runs')
      .find({}, { projection: { snapshotId: 1, 'given.snapshotId': 1 } });
    for await (const { snapshotId, given } of runs)
      for (const id of [snapshotId, given?.snapshotId]) if (typeof id === 'string') yield id;
    const sweeps = this.connection
      .collection<{ snapshotId?: unknown }>('sweeps')
      .find({}, { projection: { snapshotId: 1 } });
    for await (const { snapshotId } of sweeps) if (typeof snapshotId === 'string') yield snapshotId;
  }
}
