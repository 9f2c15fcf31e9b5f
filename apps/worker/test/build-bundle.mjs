// Jest globalSetup: the tests run the worker's bundle as it is now, in a file of their own.
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

export default function () {
  const root = resolve(import.meta.dirname, '../../..');
  const bundle = join(root, 'dist/test/apps/worker/worker.mjs');
  execFileSync(process.execPath, ['tools/bundle.mjs', 'apps/worker/src/main.ts', bundle, '--all'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.env.MLE_TEST_WORKER_BUNDLE = bundle;
}
