// Jest globalSetup: the tests run the simulator's bundle as it is now, in a file of their own.
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

export default function () {
  const root = resolve(import.meta.dirname, '../../..');
  const bundle = join(root, 'dist/test/apps/ec2-simulator/main.mjs');
  const args = ['tools/bundle.mjs', 'apps/ec2-simulator/src/main.ts', bundle, '--all'];
  execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  process.env.MLE_TEST_SIMULATOR_BUNDLE = bundle;
}
