import { join } from 'node:path';
import { LOGIN, PASSWORD } from './installation.js';
import { Program } from './program.js';
import { ROOT } from './workspace.js';

/** Of the launcher, for a server that has its first user already. */
export const FIRST_USER = { MLE_ADMIN_LOGIN: LOGIN, MLE_ADMIN_PASSWORD: PASSWORD };

/** What `npm start` runs, with its data below the folder; not started yet. */
export function launcherProgram(
  folder: string,
  port: number,
  env: Record<string, string> = {},
  ready = /is ready/,
): Program {
  return new Program({
    command: process.execPath,
    args: [join(ROOT, 'tools/start.mjs')],
    env: { MLE_PORT: String(port), MLE_DATA_DIR: join(folder, 'data'), ...env },
    ready,
  });
}
