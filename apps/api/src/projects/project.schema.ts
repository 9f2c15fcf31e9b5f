import { DEFAULT_PROJECT_SETTINGS, type ProjectSettings } from '@mle/protocol';
import { Schema, type Types } from 'mongoose';

export interface ProjectDocument {
  _id: Types.ObjectId;
  ownerId: Types.ObjectId;
  name: string;
  /** Counts the changes of its files; raised before a change begins. */
  revision: number;
  /** Changes of files under way: while there are any, no snapshot of this revision may be kept. */
  writes: { id: string; at: Date }[];
  /** Numbers its runs. */
  runCounter: number;
  /** Absent in projects that were made before there were any. */
  settings?: ProjectSettings;
  createdAt: Date;
  updatedAt: Date;
}

export const PROJECT_MODEL = 'Project';
export const ProjectSchema = new Schema<ProjectDocument>(
  {
    ownerId: { type: Schema.Types.ObjectId, required: true },
    name: { type: String, required: true },
    revision: { type: Number, required: true, default: 0 },
    writes: { type: [{ _id: false, id: String, at: Date }], default: [] },
    runCounter: { type: Number, required: true, default: 0 },
    settings: { type: Schema.Types.Mixed, default: () => ({ ...DEFAULT_PROJECT_SETTINGS }) },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { collection: 'projects', versionKey: false, minimize: false },
);
ProjectSchema.index({ ownerId: 1, name: 1 }, { unique: true });
