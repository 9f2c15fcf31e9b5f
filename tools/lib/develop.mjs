import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build, nxBinary, nxEnvironment } from './build.mjs';
import { ROOT } from './configuration.mjs';
import { main as launch } from './launch.mjs';
import { say } from './progress.mjs';
import { Refusal } from './refusal.mjs';
import { signalGroup } from './signal-group.mjs';

const GUARD = fileURLToPath(new URL('./guard.sh', import.meta.url));
const SETTLE_MS = 150;

/**
 * A change below a folder: what is built from it, and which parts run it. The page's own server sees the page's changes
 * itself.
 */
const WATCHED = /** @type {const} */ ([
  ['apps/api/src', ['api'], ['api']],
  ['apps/worker/src', ['worker'], ['worker']],
  ['libs/embedded-mongo/src', ['embedded-mongo'], ['store']],
  ['libs/process/src', ['embedded-mongo', 'worker'], ['store', 'worker']],
  ['libs/protocol/src', ['api', 'worker'], ['api', 'worker']],
]);

export async function main() {
  await launch({ defaultPort: '8080', begin });
}

/** @type {import('./launch.mjs').Development['begin']} */
async function begin({ parts, installation, url }) {
  const page = await servePage(installation, url);
  const stopWatching = watchSources(parts, installation);
  return {
    address: page.address,
    end: async () => {
      stopWatching();
      await page.end();
    },
  };
}

/**
 * @param {import('./installation.mjs').Installation} installation
 * @param {string} apiUrl
 */
async function servePage(installation, apiUrl) {
  const proxyFile = join(installation.configuration.runtimeDir, 'dev-proxy.json');
  const target = { target: apiUrl, secure: false };
  // A name by itself stands for all paths that begin with it; some files of the page may begin with `metrics` too.
  const proxied = {
    '/api': target,
    '/healthz': target,
    '/readyz': target,
    '^/metrics$': target,
    '/worker': { ...target, ws: true },
    '/socket.io': { ...target, ws: true },
  };
  writeFileSync(proxyFile, JSON.stringify(proxied));
  const log = installation.log('page');
  const args = [
    GUARD,
    process.execPath,
    nxBinary(),
    'run',
    'web:serve',
    `--proxyConfig=${proxyFile}`,
    '--port=0',
    '--output-style=stream-without-prefixes',
  ];
  const child = spawn('sh', args, {
    cwd: ROOT,
    env: { ...nxEnvironment(), NO_COLOR: '1' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const address = await /** @type {Promise<string>} */ (
    new Promise((resolve, reject) => {
      for (const output of [child.stdout, child.stderr]) {
        if (!output) continue;
        createInterface({ input: output }).on('line', (line) => {
          log.write(`${line}\n`);
          const found = /Local:\s+(http:\/\/\S+?)\/?\s*$/.exec(line);
          if (found?.[1]) resolve(found[1]);
          if (/\[(ERROR|WARNING)\]|✘|▲/.test(line)) say(line);
        });
      }
      child.on('exit', () =>
        reject(new Refusal('The dev server of the page ended; its log is page.log in the folder of the logs.')),
      );
    })
  );
  return {
    address,
    end: async () => {
      if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
      signalGroup(child.pid, 'SIGTERM');
      const limit = setTimeout(() => child.pid && signalGroup(child.pid, 'SIGKILL'), 3_000);
      await once(child, 'exit');
      clearTimeout(limit);
      signalGroup(child.pid, 'SIGKILL');
    },
  };
}

/**
 * @param {import('./launch.mjs').Parts} parts
 * @param {import('./installation.mjs').Installation} installation
 */
function watchSources(parts, installation) {
  const log = installation.log('build');
  /** @type {Set<string>} */
  let projects = new Set();
  /** @type {Set<'api' | 'worker' | 'store'>} */
  let affected = new Set();
  /** @type {NodeJS.Timeout | undefined} */
  let settled;
  let queue = Promise.resolve();
  const rebuild = async () => {
    const [builds, restarts] = [[...projects], [...affected]];
    projects = new Set();
    affected = new Set();
    if (builds.length === 0) return;
    try {
      await build(log, builds);
      for (const name of restarts) parts[name]?.restart();
      say(`Rebuilt ${builds.join(', ')}`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  };
  const watchers = WATCHED.map(([folder, builds, restarts]) =>
    watch(join(ROOT, folder), { recursive: true }, (_event, name) => {
      if (!name || name.endsWith('.spec.ts')) return;
      for (const project of builds) projects.add(project);
      for (const part of restarts) affected.add(part);
      clearTimeout(settled);
      settled = setTimeout(() => (queue = queue.then(rebuild)), SETTLE_MS);
    }),
  );
  return () => {
    clearTimeout(settled);
    for (const watcher of watchers) watcher.close();
  };
}
