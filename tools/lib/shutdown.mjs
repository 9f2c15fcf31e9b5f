import { endCommands } from './command.mjs';
import { rewrite, say } from './progress.mjs';

/** npm passes on a Ctrl-C that the terminal has sent to us as well: what comes this soon is the same one. */
const SAME_SIGNAL_MS = 400;

/** Turns signals into two requests: to stop, and, the second time, to stop now. */
export class Shutdown {
  /** @type {() => void} */
  #askedOnce = () => {};
  /** @type {() => void} */
  #askedTwice = () => {};
  #count = 0;
  #lastAt = 0;
  /** Settles at the first request. */
  asked = /** @type {Promise<void>} */ (new Promise((resolve) => (this.#askedOnce = resolve)));
  /** Settles at the second. */
  urged = /** @type {Promise<void>} */ (new Promise((resolve) => (this.#askedTwice = resolve)));

  constructor() {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
      process.on(signal, () => this.request());
    if (process.env['npm_lifecycle_event']) this.#watchParent();
  }

  get isAsked() {
    return this.#count > 0;
  }

  request() {
    const now = performance.now();
    if (this.#count > 0 && now - this.#lastAt < SAME_SIGNAL_MS) return;
    this.#lastAt = now;
    this.#count++;
    endCommands(this.#count === 1 ? 'SIGTERM' : 'SIGKILL');
    if (this.#count === 1) this.#askedOnce();
    else this.#askedTwice();
  }

  /** npm that is killed cannot pass anything on: its end is a request too. */
  #watchParent() {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent && !this.isAsked) this.request();
    }, 1_000).unref();
  }
}

/**
 * Ends the parts in their order: the worker with its runs, the API, the store, Redis. Each has its time, then it is
 * killed.
 * @param {{ worker?: import('./part.mjs').Part, api?: import('./part.mjs').Part, store?: import('./part.mjs').Part,
 *   redis?: import('./part.mjs').Part, instances?: import('./local-instances.mjs').LocalInstances }} parts
 * @param {Promise<void>} urged
 */
export async function endParts({ worker, api, store, redis, instances }, urged) {
  void urged.then(() => instances?.kill());
  await Promise.all([worker && endWorker(worker, urged), instances?.end()]);
  await api?.terminate(10_000);
  await store?.terminate(10_000);
  await redis?.terminate(3_000);
}

/** A run gets 10 s after SIGINT and 5 s after SIGTERM; then the worker delivers its last output. */
const WORKER_LIMIT_MS = 25_000;
const KILL_LIMIT_MS = 5_000;

/**
 * @param {import('./part.mjs').Part} worker
 * @param {Promise<void>} urged
 */
async function endWorker(worker, urged) {
  const start = Date.now();
  const left = () => Math.max(0, Math.ceil((WORKER_LIMIT_MS - (Date.now() - start)) / 1000));
  let hurry = false;
  const countdown = setInterval(() => {
    if (!hurry) rewrite(`Stopping the runs of this computer, at most ${left()} s (Ctrl-C kills them)`);
  }, 500);
  const kill = () => {
    if (hurry) return;
    hurry = true;
    rewrite('');
    say('Killing the runs of this computer');
    worker.say('kill');
    late = setTimeout(() => worker.kill(), KILL_LIMIT_MS);
  };
  /** @type {NodeJS.Timeout | undefined} */
  let late;
  const patience = setTimeout(kill, WORKER_LIMIT_MS);
  void urged.then(kill);
  await worker.end(() => worker.say('stop'), WORKER_LIMIT_MS + KILL_LIMIT_MS);
  hurry = true;
  clearInterval(countdown);
  clearTimeout(patience);
  clearTimeout(late);
  rewrite('');
}
