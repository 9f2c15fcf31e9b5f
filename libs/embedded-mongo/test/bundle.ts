import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { built, ROOT } from '@mle/testing';

const FOLDER = built('libs/embedded-mongo/spec');
const BUNDLE = join(FOLDER, 'store.mjs');
let isBundled = false;

/**
 * The store as it is shipped, bundled once per test file. It is renamed into place, as other test files may be starting
 * it.
 */
export function bundle(): string {
  if (!isBundled) {
    const own = join(FOLDER, `${process.pid}.mjs`);
    execFileSync(process.execPath, ['tools/bundle.mjs', join(import.meta.dirname, '../src/main.ts'), own], {
      cwd: ROOT,
    });
    renameSync(own, BUNDLE);
    rmSync(`${own}.map`, { force: true });
  }
  isBundled = true;
  return BUNDLE;
}
