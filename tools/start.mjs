// npm start: installs, builds and runs everything on this computer. See docs/ARCHITECTURE.md.
import { withNode } from './lib/node-version.mjs';

withNode(() => import('./lib/launch.mjs'));
