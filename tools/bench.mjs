// npm run bench -- NAME…: runs bench/NAME.mjs one after another, below a line that says where and when.
import { withNode } from './lib/node-version.mjs';

withNode(() => import('./lib/bench-run.mjs'));
