import { closeSync, openSync, readSync } from 'node:fs';

/**
 * What Linux says about a process.
 * @typedef {object} Stat
 * @property {string} state one letter; `Z` and `X` are dead
 * @property {number} parent
 * @property {number} group
 * @property {number} session
 * @property {number} ticks processor time, with that of the children it has waited for
 * @property {string} startTime in ticks since the boot
 * @property {number} pages of resident memory
 */

/** What the kernel counts time in: 100 a second on every Linux that Node runs on. */
export const TICKS_PER_SECOND = 100;

/** Holds any stat: one short line. Some callers look at all processes, so each costs three system calls and no memory. */
const buffer = Buffer.alloc(4096);

/**
 * Null where there is no such process, or no /proc.
 * @param {number} pid
 * @returns {Stat | null}
 */
export function readStat(pid) {
  let length;
  try {
    const file = openSync(`/proc/${pid}/stat`, 'r');
    try {
      length = readSync(file, buffer, 0, buffer.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
  const text = buffer.toString('latin1', 0, length);
  // The name stands in parentheses and may hold spaces and parentheses itself: fields are counted behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  /** @param {number} n as proc(5) counts them */
  const number = (n) => Number(fields[n - 3]);
  return {
    state: fields[0] ?? '',
    parent: number(4),
    group: number(5),
    session: number(6),
    ticks: number(14) + number(15) + number(16) + number(17),
    startTime: fields[22 - 3] ?? '',
    pages: number(24),
  };
}

/** @param {Stat} stat */
export function hasEnded({ state }) {
  return state === 'Z' || state === 'X';
}
