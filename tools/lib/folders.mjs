import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, lstatSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Refusal } from './refusal.mjs';

/**
 * Makes a folder that only this user can enter, or takes it as it is when it is already one.
 * @param {string} path
 */
export function privateFolder(path) {
  try {
    makeFolder(path);
  } catch (error) {
    throw new Refusal(
      `The folder ${path} cannot be made (${code(error)}). Give MLE_DATA_DIR a folder that you may write to.`,
    );
  }
  const stat = lstatSync(path);
  if (!stat.isDirectory() || (process.getuid && stat.uid !== process.getuid())) {
    throw new Refusal(`${path} is not a folder of this user. Remove it, or give another MLE_DATA_DIR.`);
  }
  if ((stat.mode & 0o077) !== 0) chmodSync(path, 0o700);
}

/**
 * One folder after the other: where the system makes none (below /proc), mkdirSync with `recursive` never returns.
 * @param {string} path
 */
function makeFolder(path) {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (code(error) !== 'EEXIST') throw error;
  }
}

/**
 * Reads a secret of 256 bits from a file of mode 0600; makes it the first time.
 * @param {string} path
 * @returns {string}
 */
export function secretFile(path) {
  try {
    // 'wx' is the decision who makes it: the other one reads.
    const file = openSync(path, 'wx', 0o600);
    writeFileSync(file, randomBytes(32).toString('hex'));
    closeSync(file);
  } catch (error) {
    if (code(error) !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
}

/** @param {unknown} error */
function code(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code ?? String(error);
}
