// npm run user:add -- LOGIN: adds a user or resets the password, beside a running installation or without one.
import { withNode } from './lib/node-version.mjs';

withNode(() => import('./lib/user-add-run.mjs'));
