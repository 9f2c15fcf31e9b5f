import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { AptFolder } from './apt-folder.mjs';
import { Refusal } from './refusal.mjs';

const SERVERS = ['redis-server', 'valkey-server'];
/** The server's package holds a link to the binary, which is in the package of the tools. */
const PACKAGES = ['redis-server', 'redis-tools'];
/** In the folder of an unpacked Redis: the version of its packages, and when the system was last asked for a newer one. */
const VERSION = 'version';
const ASKED = 'asked';
const ASK_EVERY_MS = 7 * 24 * 3_600_000;

/**
 * @typedef {object} RedisBinary
 * @property {string} file
 * @property {NodeJS.ProcessEnv} env what it needs beside the usual environment
 */

/**
 * @param {string} name
 * @param {string} [path]
 * @returns {string | null}
 */
export function onPath(name, path = process.env['PATH'] ?? '') {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Look further.
    }
  }
  return null;
}

/**
 * Finds a server on the PATH, or one that was unpacked before.
 * @param {string} folder where `unpackRedis` puts it
 * @returns {RedisBinary | null}
 */
export function findRedis(folder) {
  for (const name of SERVERS) {
    const file = onPath(name);
    if (file) return { file, env: libraryPath(null) };
  }
  const unpacked = join(folder, 'usr/bin/redis-server');
  return existsSync(unpacked) ? { file: unpacked, env: libraryPath(folder) } : null;
}

/**
 * Takes Redis from the packages of Debian or Ubuntu without installing it: no root, no system service.
 * @param {string} folder
 * @param {import('./log-file.mjs').LogFile} [log]
 * @returns {Promise<RedisBinary>}
 */
export async function unpackRedis(folder, log) {
  if (!onPath('apt-get') || !onPath('dpkg')) {
    const install = process.platform === 'darwin' ? 'brew install redis' : 'the package redis or valkey of your system';
    throw new Refusal(
      `Redis was not found. Install it (${install}) so that redis-server is on the PATH, or give REDIS_URL.`,
    );
  }
  await unpackInto(folder, new AptFolder(`${folder}.new`, log));
  return { file: join(folder, 'usr/bin/redis-server'), env: libraryPath(folder) };
}

/**
 * Once a week asks for a newer Redis than the one that was unpacked, and puts it in its place for the next start: the
 * one that runs has its files open. Without a connection, or when anything fails, everything stays as it is.
 * @param {string} folder
 * @param {import('./log-file.mjs').LogFile} [log]
 * @returns {Promise<boolean>} whether there is a newer one now
 */
export async function renewRedis(folder, log) {
  const asked = statSync(join(folder, ASKED), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (!existsSync(folder) || Date.now() - asked < ASK_EVERY_MS) return false;
  try {
    writeFileSync(join(folder, ASKED), '');
    const apt = new AptFolder(`${folder}.new`, log);
    await apt.useOwnLists();
    const version = apt.versionOf('redis-server');
    if (version === null || !isNewer(version, readIfThere(join(folder, VERSION)))) return false;
    await unpackInto(folder, apt);
    return true;
  } catch (error) {
    log?.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  } finally {
    rmSync(`${folder}.new`, { recursive: true, force: true });
  }
}

/** @param {string} folder @param {AptFolder} apt */
async function unpackInto(folder, apt) {
  await apt.unpack(PACKAGES);
  await addMissingLibraries(apt.folder, apt);
  writeFileSync(join(apt.folder, VERSION), apt.versionOf('redis-server') ?? '');
  writeFileSync(join(apt.folder, ASKED), '');
  rmSync(join(apt.folder, 'apt'), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(apt.folder, folder);
}

/** @param {string} version @param {string} than empty: unknown, as what an earlier launcher unpacked */
function isNewer(version, than) {
  return than === '' || spawnSync('dpkg', ['--compare-versions', version, 'gt', than]).status === 0;
}

/** @param {string} path */
function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
}

/**
 * @param {string} folder
 * @param {AptFolder} apt
 */
async function addMissingLibraries(folder, apt) {
  const seen = new Set(PACKAGES);
  let level = ['redis-tools'];
  for (let depth = 0; depth < 4 && missingLibraries(folder).length > 0; depth++) {
    level = apt.missingDependencies(level).filter((name) => !seen.has(name) && name !== 'libc6' && name !== 'adduser');
    if (level.length === 0) break;
    for (const name of level) seen.add(name);
    await apt.unpack(level);
  }
  const missing = missingLibraries(folder);
  if (missing.length > 0) {
    throw new Refusal(
      `Redis needs ${missing.join(', ')}. Install redis-server by hand (apt-get install redis-server), or give REDIS_URL.`,
    );
  }
}

/** @param {string} folder @returns {string[]} */
function missingLibraries(folder) {
  const env = { ...process.env, ...libraryPath(folder), LC_ALL: 'C' };
  const { stdout } = spawnSync('ldd', [join(folder, 'usr/bin/redis-server')], { encoding: 'utf8', env });
  return [...(stdout ?? '').matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? '');
}

/**
 * Where the libraries of a server are: those that were unpacked with it, then those of the usual environment.
 * @param {string | null} folder of an unpacked one
 * @returns {NodeJS.ProcessEnv}
 */
function libraryPath(folder) {
  /** @type {string[]} */
  const found = [];
  for (const base of ['usr/lib', 'lib']) {
    if (folder === null || !existsSync(join(folder, base))) continue;
    for (const name of readdirSync(join(folder, base))) {
      if (name.endsWith('-gnu') || name.includes('-linux-')) found.push(join(folder, base, name));
    }
  }
  const paths = [...found, process.env['LD_LIBRARY_PATH']].filter(Boolean);
  return paths.length === 0 ? {} : { LD_LIBRARY_PATH: paths.join(':') };
}
