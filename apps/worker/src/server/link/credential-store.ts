import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomic } from '../../base/atomic-file.js';

/** The machine's own secret, given by the server in exchange for a join token. */
export class CredentialStore {
  private readonly path: string;
  private value: string | null = null;

  constructor(dataDir: string) {
    this.path = join(dataDir, 'credential');
  }

  async load(): Promise<void> {
    try {
      const text = (await readFile(this.path, 'utf8')).trim();
      this.value = text === '' ? null : text;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  get credential(): string | null {
    return this.value;
  }

  async save(credential: string): Promise<void> {
    await writeAtomic(this.path, `${credential}\n`, 0o600);
    this.value = credential;
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    this.value = null;
  }
}
