import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identify, isAlive } from './identity.mjs';

/** @typedef {import('./identity.mjs').Identity} Identity */

/**
 * A file that one living process holds. It names its holder, so that one left behind by a killed process blocks nobody.
 *
 * A lock appears with its content, by a hard link, and only where there is none. A stale one is never removed by its
 * path, where a new one may lie by now: it is replaced by a process that alone may do so, and that looks again before.
 * This right is a lock too, at `<path>.stale`, and is handed on in the same way when its holder is killed.
 * @template {object} [Note={}] what the holder tells about itself
 */
export class ProcessLock {
  #path;
  #content = JSON.stringify(identify(process.pid));

  /** @param {string} path */
  constructor(path) {
    this.#path = path;
  }

  /**
   * Takes the lock.
   * @returns {{ holder: Identity & Partial<Note> } | { left: Identity & Partial<Note> | null }} who holds it or is just
   * taking it, or who was killed as its holder before
   */
  take() {
    for (;;) {
      if (this.#place(linkSync)) return { left: null };
      const found = readIfThere(this.#path);
      if (found === null) continue;
      const holder = this.#parse(found);
      if (holder !== null && isAlive(holder)) return { holder };
      /** @type {ProcessLock<Note>} */
      const right = new ProcessLock(`${this.#path}.stale`);
      const taken = right.take();
      if ('holder' in taken) return taken;
      try {
        if (readIfThere(this.#path) === found && this.#place(renameSync)) return { left: holder };
      } finally {
        right.release();
      }
    }
  }

  /**
   * For the holder: tells others more about itself.
   * @param {Partial<Note>} note
   */
  note(note) {
    this.#content = JSON.stringify({ ...JSON.parse(this.#content), ...note });
    this.#place(renameSync);
  }

  /** Nothing happens where this process does not hold the lock. */
  release() {
    if (readIfThere(this.#path) === this.#content) rmSync(this.#path, { force: true });
  }

  /**
   * Puts the whole content in its place at once. False where the way leads to a path that is taken.
   * @param {(from: string, to: string) => void} way
   */
  #place(way) {
    const own = `${this.#path}.${process.pid}`;
    writeFileSync(own, this.#content, { mode: 0o600 });
    try {
      way(own, this.#path);
      return true;
    } catch (error) {
      if (isError(error, 'EEXIST')) return false;
      throw error;
    } finally {
      rmSync(own, { force: true });
    }
  }

  /**
   * @param {string} content
   * @returns {Identity & Partial<Note> | null}
   */
  #parse(content) {
    try {
      const noted = JSON.parse(content);
      return Number.isInteger(noted.pid) && noted.pid > 0 && noted.startTime !== undefined ? noted : null;
    } catch {
      return null;
    }
  }
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isError(error, 'ENOENT')) return null;
    throw error;
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function isError(error, code) {
  return /** @type {NodeJS.ErrnoException} */ (error).code === code;
}
