import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { Refusal } from './refusal.mjs';

/** Of one call, also beside a server that runs. */
const APT_LIMIT_MS = 10 * 60_000;

/** Downloads packages with the system's lists; where they are missing or old, with lists of its own. */
export class AptFolder {
  folder;
  #log;
  /** @type {string[]} */
  #options = [];

  /** @param {string} folder @param {import('./log-file.mjs').LogFile} [log] */
  constructor(folder, log) {
    this.folder = folder;
    this.#log = log;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'apt/state/lists/partial'), { recursive: true });
    mkdirSync(join(folder, 'apt/cache/archives/partial'), { recursive: true });
  }

  /** As new as they are, which those of the system need not be. */
  async useOwnLists() {
    const apt = join(this.folder, 'apt');
    this.#options = [
      '-o',
      `Dir::State=${apt}/state`,
      '-o',
      `Dir::Cache=${apt}/cache`,
      '-o',
      'Dir::State::status=/var/lib/dpkg/status',
    ];
    const { code, output } = await this.#apt(['update']);
    if (code !== 0) refuse(output);
  }

  /** @param {string[]} packages */
  async unpack(packages) {
    let { code, output } = await this.#apt(['download', ...packages]);
    if (code !== 0 && this.#options.length === 0) {
      await this.useOwnLists();
      ({ code, output } = await this.#apt(['download', ...packages]));
    }
    if (code !== 0) refuse(output);
    for (const name of readdirSync(join(this.folder, 'apt')).filter((name) => name.endsWith('.deb'))) {
      const file = join(this.folder, 'apt', name);
      execFileSync('dpkg', ['-x', file, this.folder]);
      rmSync(file);
    }
  }

  /**
   * @param {string} name
   * @returns {string | null} what could be downloaded
   */
  versionOf(name) {
    const env = { ...process.env, LC_ALL: 'C' };
    const { stdout } = spawnSync('apt-cache', [...this.#options, 'policy', name], { encoding: 'utf8', env });
    return /^ *Candidate: ([0-9]\S*)$/m.exec(stdout ?? '')?.[1] ?? null;
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
      cwd: join(this.folder, 'apt'),
      env,
      write: (bytes) => this.#log?.write(bytes),
      limitMs: APT_LIMIT_MS,
    });
  }
}

/**
 * @param {string} output of apt-get
 * @returns {never}
 */
function refuse(output) {
  throw new Refusal(
    `Redis could not be taken from the packages of this system:\n${output.trim().split('\n').slice(-5).join('\n')}\n` +
      'Install redis-server by hand (apt-get install redis-server), or give REDIS_URL.',
  );
}

/** @param {string} name */
function isInstalled(name) {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Abbrev}', name], { encoding: 'utf8' });
  return (stdout ?? '').startsWith('ii');
}
