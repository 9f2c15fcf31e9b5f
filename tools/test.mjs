// npm test: everything that is checked, on a machine that may have nothing but Node and npm.
import { withNode } from './lib/node-version.mjs';

withNode(() => import('./lib/test-run.mjs'));
