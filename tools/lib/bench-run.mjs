import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { bundleBench } from './bench-bundle.mjs';
import { ROOT } from './configuration.mjs';
import { Refusal } from './refusal.mjs';

const folder = join(ROOT, 'bench');

export async function main() {
  const known = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.mjs'))
        .map((name) => name.slice(0, -4))
    : [];
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !known.includes(name));
  if (names.length === 0 || unknown.length > 0) {
    const why = names.length === 0 ? 'Name what to measure' : `There is no bench ${unknown.join(', ')}`;
    throw new Refusal(`${why}: npm run bench -- NAME…\nThere are: ${known.sort().join(', ') || 'none yet'}.`);
  }
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GB`;
  const commit =
    spawnSync('git', ['describe', '--always', '--dirty'], { cwd: ROOT, encoding: 'utf8' }).stdout?.trim() || 'unknown';
  console.log(
    `machine  ${cpus().length} × ${cpus()[0]?.model.trim() ?? arch()}, ${memory}, ${type()} ${release()}, Node ${process.versions.node}`,
  );
  console.log(`date     ${new Date().toISOString()}`);
  console.log(`commit   ${commit}`);
  for (const name of names) {
    console.log(`\ncommand  npm run bench -- ${name}\n`);
    const child = spawn(process.execPath, [await bundleBench(name)], { cwd: ROOT, stdio: 'inherit' });
    // The bench ends itself and what it started; we wait for it.
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
    const [code, signal] = await once(child, 'exit');
    if (code !== 0) process.exitCode = 1;
    if (signal) return;
  }
}
