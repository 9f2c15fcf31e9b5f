import { Schema, type Types } from 'mongoose';

export interface FileDocument {
  _id: Types.ObjectId;
  projectId: Types.ObjectId;
  path: string;
  size: number;
  mode: number;
  sha256: string;
  mtime: Date;
}

export const FILE_MODEL = 'File';
export const FileSchema = new Schema<FileDocument>(
  {
    projectId: { type: Schema.Types.ObjectId, required: true },
    path: { type: String, required: true },
    size: { type: Number, required: true },
    mode: { type: Number, required: true },
    sha256: { type: String, required: true },
    mtime: { type: Date, required: true },
  },
  { collection: 'files', versionKey: false },
);
FileSchema.index({ projectId: 1, path: 1 }, { unique: true });
