import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A log that never outgrows `files` times `limitBytes`: part.log, part.log.1, part.log.2. */
export class LogFile {
  #path;
  #limitBytes;
  #files;
  #file;
  #bytes;

  /** @param {string} path @param {{ limitBytes?: number, files?: number }} [options] */
  constructor(path, { limitBytes = 10 * 1024 * 1024, files = 3 } = {}) {
    this.#path = path;
    this.#limitBytes = limitBytes;
    this.#files = files;
    this.#file = openSync(path, 'a', 0o600);
    this.#bytes = fstatSync(this.#file).size;
  }

  /** @param {string | Uint8Array} text */
  write(text) {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    try {
      if (this.#bytes + bytes.length > this.#limitBytes && this.#bytes > 0) this.#rotate();
      this.#bytes += writeSync(this.#file, bytes);
    } catch {
      // A full disk costs the log, not the parts.
    }
  }

  close() {
    closeSync(this.#file);
  }

  #rotate() {
    closeSync(this.#file);
    for (let i = this.#files - 1; i > 0; i--) {
      try {
        renameSync(i === 1 ? this.#path : `${this.#path}.${i - 1}`, `${this.#path}.${i}`);
      } catch {
        // There is no such file yet.
      }
    }
    this.#file = openSync(this.#path, 'a', 0o600);
    this.#bytes = fstatSync(this.#file).size;
  }
}
