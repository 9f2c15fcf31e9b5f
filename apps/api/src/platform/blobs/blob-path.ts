import { join } from 'node:path';

/** Where the blobs of an installation lie. */
export const blobsFolder = (dataDir: string): string => join(dataDir, 'blobs');

/** Two signs of the hash make a folder: no folder holds too many files. */
export const blobPath = (folder: string, sha256: string): string => join(folder, sha256.slice(0, 2), sha256);
