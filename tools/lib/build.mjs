import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrRefuse } from './command.mjs';
import { ROOT } from './configuration.mjs';

/** What the launcher starts, and what each is built from. */
export const OUTPUTS = {
  'embedded-mongo': 'dist/libs/embedded-mongo/store.mjs',
  api: 'dist/apps/api/main.mjs',
  worker: 'dist/apps/worker/worker.mjs',
  web: 'dist/apps/web/index.html',
};
const SOURCES = [
  'apps',
  'libs',
  'tools/bundle.mjs',
  'tools/merge-chunks.mjs',
  'tools/precompress.mjs',
  'package-lock.json',
  'tsconfig.base.json',
  '.swcrc',
  'nx.json',
];
const NOT_BUILT =
  /(\.spec\.ts|\.md|jest\.config\.mjs|test-setup\.ts)$|^(apps\/e2e|apps\/[^/]+\/test|libs\/[^/]+\/test|libs\/testing)(\/|$)/;
const stampFile = join(ROOT, 'dist/.mle-stamp');

/** A hash of all that goes into a build: some ten milliseconds, where Nx needs a second to see that nothing changed. */
export function sourceHash() {
  const hash = createHash('sha256');
  /** @param {string} path */
  const add = (path) => {
    if (NOT_BUILT.test(path) || path.includes('node_modules')) return;
    const full = join(ROOT, path);
    if (!existsSync(full)) return;
    try {
      const names = readdirSync(full).sort();
      for (const name of names) add(`${path}/${name}`);
    } catch {
      hash.update(`${path}\0`).update(readFileSync(full)).update('\0');
    }
  };
  for (const path of SOURCES) add(path);
  return hash.digest('hex');
}

/** @returns {boolean} */
export function buildIsCurrent() {
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== sourceHash()) return false;
  return Object.values(OUTPUTS).every((path) => existsSync(join(ROOT, path)));
}

/**
 * Builds what changed.
 * @param {import('./log-file.mjs').LogFile} [log]
 * @param {string[]} [projects]
 */
export async function build(log, projects = Object.keys(OUTPUTS)) {
  const hash = sourceHash();
  const args = ['run-many', '-t', 'build', `--projects=${projects.join(',')}`, '--output-style=static'];
  await runOrRefuse('The build failed', process.execPath, [nxBinary(), ...args], {
    cwd: ROOT,
    env: nxEnvironment(),
    log,
  });
  if (projects.length === Object.keys(OUTPUTS).length) noteBuild(hash);
}

/** @param {string} hash of the sources before they were built */
export function noteBuild(hash) {
  writeFileSync(stampFile, hash);
}

export function nxBinary() {
  return join(ROOT, 'node_modules/nx/dist/bin/nx.js');
}

/** @returns {NodeJS.ProcessEnv} */
export function nxEnvironment() {
  return { ...process.env, NX_TUI: 'false', NX_DAEMON: 'false', NODE_ENV: '' };
}
