import { type TokenScope, TokenScopeSchema } from '@mle/protocol';
import { Schema, type Types } from 'mongoose';

export interface TokenDocument {
  _id: Types.ObjectId;
  userId: Types.ObjectId;
  name: string;
  tokenHash: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  /** Both are absent in tokens of an earlier version, which may all and have no end. */
  scope?: TokenScope;
  expiresAt?: Date;
}

export const TOKEN_MODEL = 'Token';
export const TokenSchema = new Schema<TokenDocument>(
  {
    userId: { type: Schema.Types.ObjectId, required: true },
    name: { type: String, required: true },
    tokenHash: { type: String, required: true },
    createdAt: { type: Date, required: true },
    lastUsedAt: { type: Date, default: null },
    scope: { type: String, enum: TokenScopeSchema.options },
    expiresAt: { type: Date },
  },
  { collection: 'tokens', versionKey: false },
);
TokenSchema.index({ tokenHash: 1 }, { unique: true });
/** Expired ones are shown for a month. */
TokenSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 30 * 86_400 });
TokenSchema.index({ userId: 1, createdAt: 1 });
