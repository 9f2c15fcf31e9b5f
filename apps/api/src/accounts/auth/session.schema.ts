import { Schema, type Types } from 'mongoose';

export interface SessionDocument {
  _id: Types.ObjectId;
  tokenHash: string;
  userId: Types.ObjectId;
  createdAt: Date;
  expiresAt: Date;
  /** Absent where it was begun by an earlier version. */
  browser?: string;
  address?: string;
}

export const SESSION_MODEL = 'Session';
export const SessionSchema = new Schema<SessionDocument>(
  {
    tokenHash: { type: String, required: true },
    userId: { type: Schema.Types.ObjectId, required: true },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    browser: { type: String },
    address: { type: String },
  },
  { collection: 'sessions', versionKey: false },
);
SessionSchema.index({ tokenHash: 1 }, { unique: true });
SessionSchema.index({ userId: 1 });
SessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
