import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal } from './refusal.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * @typedef {object} Configuration
 * @property {string} dataDir absolute
 * @property {string} runtimeDir holds the sockets; short, because a unix path ends at 107 bytes
 * @property {string} port
 * @property {string} host
 * @property {string | null} publicUrl
 * @property {string | null} tlsPort where the server speaks https; null: it does not
 * @property {boolean} localWorker
 * @property {string | null} mongodbUri a server of its own instead of the embedded store
 * @property {string | null} redisUrl a server of its own instead of the embedded one
 */

/**
 * Checks what the launcher itself reads; the API checks the rest when it starts. The rules are written here too,
 * because this runs before any package is installed, where the schemas of the API cannot be loaded.
 * @param {NodeJS.ProcessEnv} env
 * @param {{ root?: string, defaultPort?: string }} [options]
 * @returns {Configuration}
 */
export function readConfiguration(env, { root = ROOT, defaultPort = '8080' } = {}) {
  /** @type {string[]} */
  const refused = [];
  // An empty value counts as absent, as in the API.
  const read = (
    /** @type {string} */ name,
    /** @type {string} */ fallback,
    /** @type {(value: string) => boolean} */ isAllowed,
    /** @type {string} */ allowed,
  ) => {
    const value = env[name] || fallback;
    if (value !== '' && !isAllowed(value)) refused.push(`${name} is not usable. Set it to ${allowed}.`);
    return value;
  };
  const port = read(
    'MLE_PORT',
    defaultPort,
    (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
    'a port from 0 to 65535 (0 takes a free one)',
  );
  const host = read(
    'MLE_HOST',
    '127.0.0.1',
    (text) => /^[A-Za-z0-9.:_-]{1,255}$/.test(text),
    'an address or host name to listen on, such as 127.0.0.1 or 0.0.0.0',
  );
  const data = read(
    'MLE_DATA_DIR',
    './data',
    (text) => text.trim() !== '' && resolve(root, text) !== '/',
    'a folder to keep the data in',
  );
  const worker = read(
    'MLE_LOCAL_WORKER',
    '1',
    (text) => text === '0' || text === '1',
    '1 (a worker runs on this computer) or 0',
  );
  const publicUrl = read(
    'MLE_PUBLIC_URL',
    '',
    isOrigin,
    'the address that browsers use, such as https://ml.example.org, without a path',
  );
  const tls = read('MLE_TLS', '0', (text) => text === '0' || text === '1', '1 (the server speaks https) or 0');
  const tlsPort = read(
    'MLE_TLS_PORT',
    '8443',
    (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
    'a port from 0 to 65535 (0 takes a free one)',
  );
  const mongodbUri = read(
    'MONGODB_URI',
    '',
    (text) => /^mongodb(\+srv)?:\/\/\S+$/.test(text),
    'the address of the database, such as mongodb://127.0.0.1/mle',
  );
  const redisUrl = read(
    'REDIS_URL',
    '',
    (text) => /^(rediss?|unix):\/\/\S+$/.test(text),
    'redis://…, rediss://… or unix://[:password@]/path/redis.sock',
  );
  if (refused.length > 0) throw new Refusal(refused.join('\n'));

  const dataDir = resolve(root, data);
  return {
    dataDir,
    runtimeDir: runtimeDir(dataDir),
    port,
    host,
    publicUrl: publicUrl || null,
    tlsPort: tls === '1' ? tlsPort : null,
    localWorker: worker === '1',
    mongodbUri: mongodbUri || null,
    redisUrl: redisUrl || null,
  };
}

/** @param {string} text */
function isOrigin(text) {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && pathname === '/' && search === '' && hash === '';
}

/** @param {string} dataDir */
function runtimeDir(dataDir) {
  let real = dataDir;
  try {
    real = realpathSync(dataDir);
  } catch {
    // Not made yet: its own name will do.
  }
  const name = createHash('sha256')
    .update(`${process.getuid?.() ?? 0}:${real}`)
    .digest('hex')
    .slice(0, 16);
  return join(tmpdir(), `mle-${name}`);
}
