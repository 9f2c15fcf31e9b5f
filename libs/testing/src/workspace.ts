import { join, resolve } from 'node:path';

/** The folder of this repository. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** The path of what the build makes. */
export const built = (path: string): string => join(ROOT, 'dist', path);
