import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive } from '../../libs/process/src/identity.mjs';
import { ProcessLock } from '../../libs/process/src/lock.mjs';
import { signalGroup } from './signal-group.mjs';

/** @typedef {import('../../libs/process/src/identity.mjs').Identity} Identity */

/**
 * What a launcher tells about itself.
 * @typedef {object} Note
 * @property {string} url
 * @property {Identity[]} parts leaders of process groups, so that the next launcher can wait for those of a killed one
 */

/**
 * One launcher per data directory.
 * @param {string} dataDir
 * @returns {ProcessLock<Note>}
 */
export function launcherLock(dataDir) {
  return new ProcessLock(join(dataDir, 'launcher.lock'));
}

/**
 * Waits until the parts of a killed launcher have ended through their lifelines; what then still lives is killed.
 * @param {Partial<Note>} left
 * @param {number} limitMs
 */
export async function outwait({ parts = [] }, limitMs) {
  const alive = () => parts.filter(isAlive);
  const until = Date.now() + limitMs;
  while (alive().length > 0 && Date.now() < until) await pause(100);
  for (const part of alive()) signalGroup(part.pid, 'SIGKILL');
}
