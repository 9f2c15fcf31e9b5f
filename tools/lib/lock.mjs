import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { code } from './folders.mjs';
import { signalGroup, startTime } from './process-table.mjs';

/**
 * @typedef {object} Holder who runs on this data directory
 * @property {number} pid
 * @property {string | null} startTime
 * @property {string | null} url
 * @property {{ pid: number, startTime: string | null }[]} parts leaders of process groups
 */

/**
 * One launcher per data directory. The holder's parts are noted, so that the next one can wait for those of a killed
 * launcher.
 */
export class Lock {
  #path;
  /** @type {Holder} */
  #self = { pid: process.pid, startTime: startTime(process.pid), url: null, parts: [] };

  /** @param {string} path */
  constructor(path) {
    this.#path = path;
  }

  /**
   * Who holds the lock now: a living process, or null.
   * @returns {Holder | null}
   */
  holder() {
    const holder = this.#read();
    return holder && isAlive(holder) ? holder : null;
  }

  /**
   * Takes the lock.
   * @returns {{ holder: Holder } | { left: Holder | null }} who holds it, or whom a killed launcher left behind
   */
  take() {
    /** @type {Holder | null} */
    let left = null;
    for (;;) {
      const mine = `${this.#path}.${process.pid}`;
      writeFileSync(mine, JSON.stringify(this.#self), { mode: 0o600 });
      try {
        linkSync(mine, this.#path);
        return { left };
      } catch (error) {
        if (code(error) !== 'EEXIST') throw error;
      } finally {
        unlinkSync(mine);
      }
      const holder = this.holder();
      if (holder) return { holder };
      left = this.#read() ?? left;
      this.#removeStale();
    }
  }

  /** @param {{ url?: string | null, parts?: number[] }} change */
  note({ url, parts }) {
    if (url !== undefined) this.#self.url = url;
    if (parts) this.#self.parts = parts.map((pid) => ({ pid, startTime: startTime(pid) }));
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#self), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }

  release() {
    if (this.#read()?.pid === process.pid) unlinkSync(this.#path);
  }

  #read() {
    return readHolder(this.#path);
  }

  #removeStale() {
    const aside = `${this.#path}.stale.${process.pid}`;
    try {
      renameSync(this.#path, aside);
    } catch {
      return; // Another launcher was faster.
    }
    const taken = readHolder(aside);
    // Between the look and the renaming another launcher may have put its own there: give it back.
    if (isAlive(taken)) {
      try {
        linkSync(aside, this.#path);
      } catch {
        // A third one holds it by now.
      }
    }
    unlinkSync(aside);
  }
}

/**
 * @param {string} path
 * @returns {Holder | null}
 */
function readHolder(path) {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8'));
    return Number.isInteger(holder.pid) && Array.isArray(holder.parts) ? holder : null;
  } catch {
    return null;
  }
}

/** @param {{ pid: number, startTime: string | null } | null} noted */
function isAlive(noted) {
  return noted !== null && noted.startTime !== null && startTime(noted.pid) === noted.startTime;
}

/**
 * Waits until the parts of a killed launcher have ended through their lifelines; what then still lives is killed.
 * @param {Holder} left
 * @param {number} limitMs
 */
export async function outwait(left, limitMs) {
  const alive = () => left.parts.filter(isAlive);
  const until = Date.now() + limitMs;
  while (alive().length > 0 && Date.now() < until) await pause(100);
  for (const part of alive()) signalGroup(part.pid, 'SIGKILL');
}
