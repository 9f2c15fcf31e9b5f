import { Schema, type Types } from 'mongoose';

export interface TokenDocument {
  _id: Types.ObjectId;
  userId: Types.ObjectId;
  name: string;
  tokenHash: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

export const TOKEN_MODEL = 'Token';
export const TokenSchema = new Schema<TokenDocument>(
  {
    userId: { type: Schema.Types.ObjectId, required: true },
    name: { type: String, required: true },
    tokenHash: { type: String, required: true },
    createdAt: { type: Date, required: true },
    lastUsedAt: { type: Date, default: null },
  },
  { collection: 'tokens', versionKey: false },
);
TokenSchema.index({ tokenHash: 1 }, { unique: true });
TokenSchema.index({ userId: 1, createdAt: 1 });
