import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { run } from './command.mjs';
import { ROOT } from './configuration.mjs';
import { findRedis, onPath, unpackRedis } from './redis-binary.mjs';
import { Refusal } from './refusal.mjs';

/** The shell first: it has no window around the page, and opens one in a third of the processor's time. */
const BROWSERS = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Finds Redis, or unpacks it beside the packages.
 * @returns {Promise<NodeJS.ProcessEnv>} the environment in which `redis-server` is on the PATH
 */
export async function redisForTests() {
  const folder = join(ROOT, 'node_modules/.cache/mle/redis');
  mkdirSync(dirname(folder), { recursive: true });
  const { file, env } = findRedis(folder) ?? (await unpackRedis(folder));
  let bin = dirname(file);
  if (basename(file) !== 'redis-server') {
    // Tests start it by one name, whichever of the two it is.
    bin = `${folder}-link`;
    mkdirSync(bin, { recursive: true });
    rmSync(join(bin, 'redis-server'), { force: true });
    symlinkSync(file, join(bin, 'redis-server'));
  }
  return { ...env, PATH: `${process.env['PATH']}${delimiter}${bin}` };
}

/**
 * Finds Chromium, or installs it where we may.
 * @param {(bytes: Uint8Array) => void} write shows what apt-get says
 * @returns {Promise<string>} its path
 */
export async function chromiumForTests(write) {
  const given = process.env['CHROMIUM'];
  if (given) return given;
  const present = findBrowser();
  if (present) return present;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !onPath('apt-get')) {
    throw new Refusal(
      `The browser tests need Chromium. Install it (${isRoot ? '' : 'as root: '}apt-get install chromium), or set CHROMIUM to the path of one.`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { cwd: ROOT, env, write });
  for (const name of ['chromium-headless-shell', 'chromium']) {
    const { code } = await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', name], {
      cwd: ROOT,
      env,
      write,
    });
    const installed = findBrowser();
    if (code === 0 && installed) return installed;
  }
  throw new Refusal('Chromium could not be installed by apt-get; its output is above. The browser tests need it.');
}

function findBrowser() {
  for (const name of BROWSERS) {
    const path = onPath(name);
    if (path) return path;
  }
  return null;
}
