import { randomBytes } from 'node:crypto';

/** An id of the service's form: `i-0123456789abcdef0`. */
export function resourceId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString('hex')}`;
}
