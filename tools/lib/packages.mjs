import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrRefuse } from './command.mjs';
import { ROOT } from './configuration.mjs';
import { Refusal } from './refusal.mjs';

const modules = join(ROOT, 'node_modules');
const stampFile = join(modules, '.mle-stamp');

/** @returns {boolean} whether node_modules is what package-lock.json asks for, on this Node and this machine */
export function packagesAreCurrent() {
  const installed = join(modules, '.package-lock.json');
  if (!existsSync(installed)) return false;
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === wantedStamp();
  // Installed by hand, later than the lock file was written.
  return statSync(installed).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs;
}

/** @param {import('./log-file.mjs').LogFile} [log] */
export async function installPackages(log) {
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Refusal(
      'node_modules is a symbolic link, and installing would empty the folder that it points to. Remove the link and start again.',
    );
  }
  const npm = process.env['npm_execpath'];
  // npm also cleans up half an installation; building needs the development packages whatever NODE_ENV says.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline'];
  const [file, ...before] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  await runOrRefuse('The packages could not be installed', file ?? 'npm', [...before, ...args], { cwd: ROOT, log });
  notePackages();
}

function notePackages() {
  writeFileSync(stampFile, wantedStamp());
}

function wantedStamp() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch} ${process.versions.modules}`;
}
