import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './command.mjs';
import { Refusal } from './refusal.mjs';

const SERVERS = ['redis-server', 'valkey-server'];
/** The server's package holds a link to the binary, which is in the package of the tools. */
const PACKAGES = ['redis-server', 'redis-tools'];

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
    if (file) return { file, env: {} };
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
  const work = `${folder}.new`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, 'apt/state/lists/partial'), { recursive: true });
  mkdirSync(join(work, 'apt/cache/archives/partial'), { recursive: true });
  const apt = new AptFolder(work, log);
  await apt.unpack(PACKAGES);
  await addMissingLibraries(work, apt);
  rmSync(join(work, 'apt'), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
  return { file: join(folder, 'usr/bin/redis-server'), env: libraryPath(folder) };
}

/** Downloads packages with the system's lists; where they are missing or old, with lists of its own. */
class AptFolder {
  #folder;
  #log;
  /** @type {string[]} */
  #options = [];

  /** @param {string} folder @param {import('./log-file.mjs').LogFile} [log] */
  constructor(folder, log) {
    this.#folder = folder;
    this.#log = log;
  }

  /** @param {string[]} packages */
  async unpack(packages) {
    let { code, output } = await this.#apt(['download', ...packages]);
    if (code !== 0 && this.#options.length === 0) {
      const apt = join(this.#folder, 'apt');
      this.#options = [
        '-o',
        `Dir::State=${apt}/state`,
        '-o',
        `Dir::Cache=${apt}/cache`,
        '-o',
        'Dir::State::status=/var/lib/dpkg/status',
      ];
      ({ code, output } = await this.#apt(['update']));
      if (code === 0) ({ code, output } = await this.#apt(['download', ...packages]));
    }
    if (code !== 0) {
      throw new Refusal(
        `Redis could not be taken from the packages of this system:\n${output.trim().split('\n').slice(-5).join('\n')}\n` +
          'Install redis-server by hand (apt-get install redis-server), or give REDIS_URL.',
      );
    }
    for (const name of readdirSync(join(this.#folder, 'apt')).filter((name) => name.endsWith('.deb'))) {
      const file = join(this.#folder, 'apt', name);
      execFileSync('dpkg', ['-x', file, this.#folder]);
      rmSync(file);
    }
  }

  /**
   * The direct dependencies that are not installed here.
   * @param {string[]} packages
   * @returns {string[]}
   */
  missingDependencies(packages) {
    const { stdout } = spawnSync('apt-cache', [...this.#options, 'depends', '--important', ...packages], {
      encoding: 'utf8',
    });
    const names = [...(stdout ?? '').matchAll(/^ *\|?(?:Pre)?Depends: ([a-z0-9][a-z0-9.+-]*)$/gm)].map(
      (match) => match[1] ?? '',
    );
    return [...new Set(names)].filter((name) => !isInstalled(name));
  }

  /** @param {string[]} args */
  async #apt(args) {
    // APT would step down to a user that cannot enter our folder; it holds nothing but packages, which it verifies.
    const all = [...this.#options, '-q', '-o', 'APT::Sandbox::User=', ...args];
    this.#log?.write(`\n$ apt-get ${all.join(' ')}\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
    return await run('apt-get', all, {
      cwd: join(this.#folder, 'apt'),
      env,
      write: (bytes) => this.#log?.write(bytes),
    });
  }
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

/** @param {string} name */
function isInstalled(name) {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Abbrev}', name], { encoding: 'utf8' });
  return (stdout ?? '').startsWith('ii');
}

/**
 * @param {string} folder
 * @returns {NodeJS.ProcessEnv}
 */
function libraryPath(folder) {
  /** @type {string[]} */
  const found = [];
  for (const base of ['usr/lib', 'lib']) {
    if (!existsSync(join(folder, base))) continue;
    for (const name of readdirSync(join(folder, base))) {
      if (name.endsWith('-gnu') || name.includes('-linux-')) found.push(join(folder, base, name));
    }
  }
  if (found.length === 0) return {};
  return { LD_LIBRARY_PATH: [...found, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':') };
}
