import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { identify } from '../../libs/process/src/identity.mjs';
import { OUTPUTS } from './build.mjs';
import { readConfiguration, ROOT } from './configuration.mjs';
import { Installation } from './installation.mjs';
import { launcherLock, outwait } from './launcher-lock.mjs';
import { askPassword } from './password-prompt.mjs';
import { prepare } from './prepare.mjs';
import { Refusal } from './refusal.mjs';
import { endParts, Shutdown } from './shutdown.mjs';

export async function main() {
  const [login, ...rest] = process.argv.slice(2);
  if (!login || login.startsWith('-') || rest.length > 0) {
    throw new Refusal('Usage: npm run user:add -- LOGIN. The password is asked for, or read from standard input.');
  }
  const configuration = readConfiguration(process.env);
  const password = process.stdin.isTTY ? await askPassword(login) : await text(process.stdin);
  const installation = new Installation(configuration);
  const lock = launcherLock(configuration.dataDir);
  const taken = lock.take();
  if ('holder' in taken) {
    if (!taken.holder.url)
      throw new Refusal('ML Experimenter is just being started on this data. Try again when it is ready.');
    process.exitCode = await addUser(installation, login, password);
    return;
  }
  const shutdown = new Shutdown();
  /** @type {{ redis?: import('./part.mjs').Part, store?: import('./part.mjs').Part }} */
  const parts = {};
  const note = () => lock.note({ parts: Object.values(parts).flatMap((part) => (part.pid ? identify(part.pid) : [])) });
  try {
    if (taken.left) await outwait(taken.left, 30_000);
    const redis = await prepare(installation);
    if (redis) parts.redis = installation.redis(redis, note);
    if (!configuration.mongodbUri) parts.store = installation.store(note);
    await Promise.race([Promise.all([parts.redis?.start(), parts.store?.start()]), shutdown.asked]);
    process.exitCode = shutdown.isAsked ? 130 : await addUser(installation, login, password);
  } finally {
    await endParts(parts, shutdown.urged);
    installation.close();
    lock.release();
  }
}

/**
 * @param {Installation} installation
 * @param {string} login
 * @param {string} password travels by standard input, so that no argument list shows it
 * @returns {Promise<number>}
 */
async function addUser(installation, login, password) {
  const args = [join(ROOT, OUTPUTS.api), '--user-add', login];
  const { env, secrets } = installation.apiEnvironment();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...env, MLE_SECRETS_FD: '3' },
    stdio: ['pipe', 'inherit', 'inherit', 'pipe'],
  });
  for (const [fd, input] of /** @type {const} */ ([
    [0, password],
    [3, secrets],
  ])) {
    const pipe = /** @type {import('node:stream').Writable} */ (child.stdio[fd]);
    pipe.on('error', () => {});
    pipe.end(input);
  }
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
