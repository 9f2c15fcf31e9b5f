// npm run dev: as npm start, and rebuilds what changes; the page comes from Angular's dev server.
import { withNode } from './lib/node-version.mjs';

withNode(() => import('./lib/develop.mjs'));
