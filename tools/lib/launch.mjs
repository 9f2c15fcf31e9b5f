import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { identify } from '../../libs/process/src/identity.mjs';
import { readConfiguration, ROOT } from './configuration.mjs';
import { freePort } from './free-port.mjs';
import { Installation } from './installation.mjs';
import { launcherLock, outwait } from './launcher-lock.mjs';
import { PartFailure } from './part.mjs';
import { prepare } from './prepare.mjs';
import { rewrite, say, step, surviveClosedTerminal } from './progress.mjs';
import { onPath, renewRedis } from './redis-binary.mjs';
import { Refusal } from './refusal.mjs';
import { endParts, Shutdown } from './shutdown.mjs';

/** A killed launcher's worker stops its runs first. */
const LEFT_PARTS_LIMIT_MS = 30_000;

/**
 * @typedef {{ redis?: import('./part.mjs').Part, store?: import('./part.mjs').Part, api?: import('./part.mjs').Part,
 *   worker?: import('./part.mjs').Part, instances?: import('./local-instances.mjs').LocalInstances }} Parts
 */

/**
 * What `npm run dev` adds to `npm start`.
 * @typedef {object} Development
 * @property {string} defaultPort
 * @property {(running: { parts: Parts, installation: Installation, url: string }) => Promise<{ address: string, end: ()
 *   => Promise<void> }>} begin
 */

/** @param {Development} [development] */
export async function main(development) {
  surviveClosedTerminal();
  const started = performance.now();
  const configuration = readConfiguration(process.env, development && { defaultPort: development.defaultPort });
  const shutdown = new Shutdown();
  const installation = new Installation(configuration);
  const lock = launcherLock(configuration.dataDir);
  const taken = lock.take();
  if ('holder' in taken) {
    const { url, pid } = taken.holder;
    say(
      url
        ? `ML Experimenter already runs on this data: ${url} (process ${pid}).`
        : `ML Experimenter is being started on this data by process ${pid}.`,
    );
    return;
  }
  /** @type {Parts} */
  const parts = {};
  /** @type {{ address: string, end: () => Promise<void> } | null} */
  let extra = null;
  const note = () => lock.note({ parts: partsOf(parts).flatMap((part) => (part.pid ? identify(part.pid) : [])) });
  /** @type {unknown} */
  let error = null;
  try {
    const { left } = taken;
    if (left)
      await step('Waiting for the end of the former start', () => outwait(left, LEFT_PARTS_LIMIT_MS), { quietMs: 300 });
    const redisBinary = await prepare(installation);
    if (shutdown.isAsked) throw new Refusal('Stopped before the start.');
    if (configuration.port === '0') configuration.port = await freePort(configuration.host);
    if (configuration.tlsPort === '0') configuration.tlsPort = await freePort(configuration.host);
    const url = await startParts(parts, installation, redisBinary, note, shutdown);
    if (development) extra = await development.begin({ parts, installation, url });
    lock.note({ url });
    welcome(installation, extra?.address ?? configuration.publicUrl ?? url, started);
    for (const { name, detail } of await missing(url)) say(`Runs cannot start yet. ${name}: ${detail}`);
    // In the background: no start waits for it.
    if (redisBinary?.file.startsWith(installation.redisFolder))
      void renewRedis(installation.redisFolder, installation.log('install'));
    await shutdown.asked;
  } catch (failure) {
    error = shutdown.isAsked ? null : failure;
  }
  rewrite('');
  if (!error && Object.keys(parts).length > 0) say('Stopping');
  await extra?.end();
  await endParts(parts, shutdown.urged);
  installation.close();
  lock.release();
  if (!error) say('Stopped');
  else console.error(error instanceof PartFailure || error instanceof Refusal ? error.message : error);
  process.exit(error ? 1 : 0);
}

/**
 * @param {Parts} parts filled as they start
 * @param {Installation} installation
 * @param {import('./redis-binary.mjs').RedisBinary | null} redisBinary
 * @param {() => void} note
 * @param {Shutdown} shutdown
 * @returns {Promise<string>} the API's address on this computer
 */
async function startParts(parts, installation, redisBinary, note, shutdown) {
  const { mongodbUri, localWorker } = installation.configuration;
  /** @template T @param {Promise<T>} ready @returns {Promise<T>} */
  const unlessStopped = (ready) =>
    Promise.race([ready, shutdown.asked.then(() => Promise.reject(new Refusal('Stopped during the start.')))]);
  return await step('Starting', async () => {
    if (redisBinary) parts.redis = installation.redis(redisBinary, note);
    if (!mongodbUri) parts.store = installation.store(note);
    // Neither needs the other, and the API would wait for both.
    await unlessStopped(Promise.all([parts.redis?.start(), parts.store?.start()]));
    const address = localAddress(installation.configuration);
    if (localWorker) {
      const report = (/** @type {object} */ message) => parts.api?.send(message);
      parts.instances = installation.instances(address, report, note);
    }
    const { instances } = parts;
    parts.api = installation.api(
      note,
      instances && ((wish) => instances.want(/** @type {import('./local-instances.mjs').Wish} */ (wish))),
    );
    await unlessStopped(parts.api.start());
    if (localWorker) {
      parts.worker = installation.worker(address, note);
      await unlessStopped(parts.worker.start());
    }
    return address;
  });
}

/** @param {Parts} parts */
function partsOf({ instances, ...others }) {
  return [...Object.values(others), ...(instances?.parts ?? [])];
}

/**
 * The address by which this computer reaches its own API: never the public one, and loopback where the API listens
 * everywhere.
 * @param {import('./configuration.mjs').Configuration} configuration
 */
function localAddress({ host, port, tlsPort }) {
  const loopback = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const name = loopback.includes(':') ? `[${loopback}]` : loopback;
  return tlsPort === null ? `http://${name}:${port}` : `https://${name}:${tlsPort}`;
}

/**
 * @param {Installation} installation
 * @param {string} address
 * @param {number} started
 */
function welcome(installation, address, started) {
  const { dataDir, localWorker, tlsPort } = installation.configuration;
  if (localWorker && !onPath('python3')) {
    say('python3 is not on the PATH: the sample project is JavaScript, and Python files run once it is installed.');
  }
  say(`\nML Experimenter is ready: ${address}  (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (tlsPort !== null && !process.env['MLE_TLS_CERT'])
    say(
      'The server made its certificate itself: a browser warns of it once. docs/operate.md says how to use your own.',
    );
  const setupToken = readIfThere(join(dataDir, 'setup-token'));
  if (setupToken)
    say(
      `The first user is still to be made. Open this link once: ${address}/setup#token=${encodeURIComponent(setupToken)}`,
    );
  say(
    `Data and logs: ${dataDir.startsWith(`${ROOT}/`) ? dataDir.slice(ROOT.length + 1) : dataDir}. Ctrl-C stops everything.`,
  );
}

/**
 * What the server itself says is missing before a run could start.
 * @param {string} url
 * @returns {Promise<{ name: string, detail: string }[]>}
 */
async function missing(url) {
  try {
    const { checks } = /** @type {{ checks: { name: string, ok: boolean, detail: string }[] }} */ (
      JSON.parse(await textAt(`${url}/readyz`))
    );
    return checks.filter(({ ok }) => !ok);
  } catch {
    return [{ name: 'server', detail: 'It does not answer /readyz.' }];
  }
}

/**
 * The certificate of a server that made it itself is trusted by nobody, and nothing secret is asked here.
 * @param {string} url
 */
async function textAt(url) {
  const options = { rejectUnauthorized: false, signal: AbortSignal.timeout(5_000) };
  const request = url.startsWith('https:') ? https.get(url, options) : http.get(url, options);
  const [response] = /** @type {[http.IncomingMessage]} */ (await once(request, 'response'));
  return text(response);
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
