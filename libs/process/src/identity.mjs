import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hasEnded, readStat } from './stat.mjs';

/**
 * A process, so noted that a later one of the same number is not taken for it.
 * @typedef {object} Identity
 * @property {number} pid
 * @property {string | null} startTime as `startTime` below tells it
 */

/** @type {string | null} */
let boot = null;

/**
 * Names the boot of this computer; null where there is no /proc. It is read once, for no boot is shorter than this process.
 * @returns {string | null}
 */
export function bootId() {
  try {
    boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Another system.
  }
  return boot;
}

/**
 * When a process began, in a form that differs for a later process of the same number: empty where the system does not
 * say, null when it has ended.
 * @param {number} pid
 * @returns {string | null}
 */
function startTime(pid) {
  if (bootId() !== null) {
    const stat = readStat(pid);
    return stat === null || hasEnded(stat) ? null : `${bootId()}:${stat.startTime}`;
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return exists(pid) ? '' : null;
  }
}

/** @param {number} pid */
function exists(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * @param {number} pid
 * @returns {Identity}
 */
export function identify(pid) {
  return { pid, startTime: startTime(pid) };
}

/** @param {Identity} noted */
export function isAlive(noted) {
  return noted.startTime !== null && startTime(noted.pid) === noted.startTime;
}
