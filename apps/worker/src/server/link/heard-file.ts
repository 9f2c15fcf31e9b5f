import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whoever looks after the machine looks at it once a minute. */
const EVERY_MS = 20_000;

/** A file of the data folder whose time says when the server last answered: a machine that is forgotten switches off. */
export class HeardFile {
  private readonly path: string;
  private notedAt = -Infinity;

  constructor(dataDir: string) {
    this.path = join(dataDir, 'heard');
  }

  note(): void {
    if (performance.now() - this.notedAt < EVERY_MS) return;
    this.notedAt = performance.now();
    const now = new Date();
    try {
      utimesSync(this.path, now, now);
    } catch {
      this.make();
    }
  }

  /** A full disk keeps the worker from nothing. */
  private make(): void {
    try {
      writeFileSync(this.path, '', { mode: 0o600 });
    } catch {
      return;
    }
  }
}
