import { text } from 'node:stream/consumers';
import { loadConfig } from './platform/config/config.js';
import { ConfigError } from './platform/config/config-error.js';
import { takeEnvironment } from './platform/config/environment.js';
import { isOutage } from './platform/http/problem.js';
import { serve } from './serve.js';
import { addUser } from './user-add.js';

/** Configuration and circumstances that the user has to change: no use in starting again. */
const EXIT_REFUSED = 2;

try {
  const config = loadConfig(takeEnvironment());
  const [flag, login, ...rest] = process.argv.slice(2);
  if (flag === undefined) await serve(config);
  else if (flag === '--user-add' && login !== undefined && rest.length === 0)
    await addUser(config, login, await text(process.stdin));
  else throw new ConfigError(['Usage: main.mjs, or main.mjs --user-add LOGIN with the password on standard input.']);
} catch (error) {
  process.stderr.write(`${sentence(error)}\n`);
  process.exit(error instanceof ConfigError ? EXIT_REFUSED : 1);
}

function sentence(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (isOutage(error)) return 'The database does not answer. Start it, or correct MONGODB_URI.';
  return `The server cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
