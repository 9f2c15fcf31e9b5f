import { mongo, Types } from 'mongoose';

/** A database id from its 24 hex digits, which the request's schema has checked. */
export const objectId = (hex: string): Types.ObjectId => new Types.ObjectId(hex);

/** A unique index refused the write. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === 11000;
}
