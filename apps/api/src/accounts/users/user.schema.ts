import { type Role, RoleSchema } from '@mle/protocol';
import { Schema, type Types } from 'mongoose';

export interface UserDocument {
  _id: Types.ObjectId;
  login: string;
  /** The login in lower case: two logins never differ by case only. */
  loginKey: string;
  passwordHash: string;
  role: Role;
  createdAt: Date;
}

export const USER_MODEL = 'User';
export const UserSchema = new Schema<UserDocument>(
  {
    login: { type: String, required: true },
    loginKey: { type: String, required: true },
    passwordHash: { type: String, required: true },
    role: { type: String, enum: RoleSchema.options, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'users', versionKey: false },
);
UserSchema.index({ loginKey: 1 }, { unique: true });
