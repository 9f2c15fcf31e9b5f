import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 32 random bytes in base64url. */
export const randomToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a random token. It has 256 bits of chance, so one fast hash without salt is enough. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Compares in a time that tells nothing about where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
