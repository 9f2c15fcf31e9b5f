// What a browser loads before the page can start, beside an empty Angular application (with a router, as a new one has)
// of the same version, built in the same run by the same builder. Brotli sizes, as they travel.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { nxBinary, nxEnvironment } from '../tools/lib/build.mjs';
import { atMost, report } from './lib/report.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const AIM = 2.5;

function build(target, folder) {
  const { status, stderr, stdout } = spawnSync(process.execPath, [nxBinary(), 'run', `web:${target}`], {
    cwd: ROOT,
    env: nxEnvironment(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The page was not built.\n${stdout}${stderr}`);
  return initialBytes(join(ROOT, folder));
}

/** The index, and all that it names: scripts, what they import at once, and styles. */
function initialBytes(folder) {
  const index = readFileSync(join(folder, 'index.html'));
  const linked = [...index.toString().matchAll(/(?:src|href)="([^":]+\.(?:js|css))"/g)]
    .map(([, name]) => name)
    // The empty application shares the page's index, without its theme script.
    .filter((name) => existsSync(join(folder, name)));
  const names = new Set(linked);
  for (const name of names) {
    const text = readFileSync(join(folder, name), 'utf8');
    for (const [, imported] of text.matchAll(/(?:^|[;}])(?:import|export)[^;'"()]*?(?:from)?["']\.\/([^"']+\.js)["']/g))
      names.add(imported);
  }
  return [index, ...[...names].map((name) => readFileSync(join(folder, name)))].reduce(
    (sum, bytes) => sum + brotliCompressSync(bytes).length,
    0,
  );
}

const empty = build('bundle:empty', 'dist/bench/empty-page');
const page = build('build', 'dist/apps/web');
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
report([atMost('first download', kB(empty), kB(page), page / empty, AIM)]);
