import { createHash } from 'node:crypto';

/** By which machines of this installation are known in an account that others use too. It tells nothing of the key. */
export const installationId = (secretKey: Buffer): string =>
  createHash('sha256').update('installation').update(secretKey).digest('hex').slice(0, 16);
