import { Schema, type Types } from 'mongoose';

/** The newest snapshot of a project that was taken while its files did not change. */
export interface SnapshotDocument {
  _id: Types.ObjectId;
  projectId: Types.ObjectId;
  revision: number;
  manifest: string;
  bytes: number;
  files: number;
}

export const SNAPSHOT_MODEL = 'Snapshot';
export const SnapshotSchema = new Schema<SnapshotDocument>(
  {
    projectId: { type: Schema.Types.ObjectId, required: true },
    revision: { type: Number, required: true },
    manifest: { type: String, required: true },
    bytes: { type: Number, required: true },
    files: { type: Number, required: true },
  },
  { collection: 'snapshots', versionKey: false },
);
SnapshotSchema.index({ projectId: 1 }, { unique: true });
