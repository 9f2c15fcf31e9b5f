import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateFolder } from './folders.mjs';
import { PartFailure } from './part.mjs';
import { onPath } from './redis-binary.mjs';

/** A run gets 10 s after SIGINT and 5 s after SIGTERM; then the worker delivers its last output. */
const END_LIMIT_MS = 30_000;
const LOOK_MS = 1_000;

/**
 * @typedef {object} WantedWorker
 * @property {string} id
 * @property {string} name
 * @property {number[] | null} cpus null: all
 * @property {string | null} token null: it has joined before
 * @property {number} endsAt no process of it lives longer, whatever became of the API
 */

/** @typedef {{ workers: WantedWorker[], kept: string[] }} Wish what the API wants: workers that run, folders that stay */

/** @typedef {{ workers: { id: string, pid: number | null, problem: string | null }[], folders: string[] }} Report */

/**
 * The instances of this computer: workers that the API wants. The wish is always whole, and so is the report: what one
 * side missed comes with the next message.
 */
export class LocalInstances {
  #folder;
  #makeWorker;
  #report;
  /** @type {Wish} */
  #wish = { workers: [], kept: [] };
  /** @type {Map<string, { part: import('./part.mjs').Part, wanted: WantedWorker, ending: boolean, problem: string | null }>} */
  #workers = new Map();
  #wished = false;
  #closed = false;
  #last = '';
  #timer;

  /**
   * @param {{ folder: string, makeWorker: (worker: WantedWorker & { data: string, tokenFile: string }, onChange: () =>
   *   void) => import('./part.mjs').Part, report: (report: Report) => void }} options
   */
  constructor({ folder, makeWorker, report }) {
    this.#folder = folder;
    this.#makeWorker = makeWorker;
    this.#report = report;
    this.#timer = setInterval(() => this.#settle(), LOOK_MS);
    this.#timer.unref();
  }

  /** @param {Wish} wish */
  want(wish) {
    this.#wish = wish;
    this.#wished = true;
    this.#last = '';
    this.#settle();
  }

  /** Workers that live, for whoever notes the processes. */
  get parts() {
    return [...this.#workers.values()].map(({ part }) => part);
  }

  /** Stops the workers with their runs, in order; they come back with the next start. */
  async end() {
    this.#closed = true;
    clearInterval(this.#timer);
    await Promise.all(this.parts.map(endWorker));
  }

  kill() {
    for (const part of this.parts) part.say('kill');
  }

  #settle() {
    // Before the API has said what it wants, nothing is known to be too much.
    if (this.#closed || !this.#wished) return;
    const wanted = this.#wish.workers.filter(({ endsAt }) => Date.now() < endsAt);
    for (const [id, worker] of this.#workers)
      if (!worker.ending && !wanted.some((other) => other.id === id)) this.#end(id);
    for (const worker of wanted) {
      // A worker that has not joined reads the newest token at its next start.
      if (!this.#workers.has(worker.id)) this.#start(worker);
      else if (worker.token !== null) this.#leaveToken(worker);
    }
    this.#sweep();
    const report = this.#state();
    const text = JSON.stringify(report);
    if (text !== this.#last) this.#report(report);
    this.#last = text;
  }

  /** @param {WantedWorker} wanted */
  #start(wanted) {
    const { data, tokenFile } = this.#leaveToken(wanted);
    const part = this.#makeWorker({ ...wanted, data, tokenFile }, () => this.#settle());
    this.#workers.set(wanted.id, { part, wanted, ending: false, problem: null });
    part.start().catch((/** @type {unknown} */ error) => {
      const worker = this.#workers.get(wanted.id);
      if (worker?.part !== part || worker.ending) return;
      worker.problem = error instanceof PartFailure ? error.message : String(error);
      this.#settle();
    });
  }

  /** @param {WantedWorker} wanted */
  #leaveToken({ id, token }) {
    const data = join(this.#folder, id);
    const tokenFile = join(data, 'join-token');
    privateFolder(this.#folder);
    privateFolder(data);
    // In one step, as the worker may be reading it.
    writeFileSync(`${tokenFile}.new`, token ?? 'used', { mode: 0o600 });
    renameSync(`${tokenFile}.new`, tokenFile);
    return { data, tokenFile };
  }

  /** @param {string} id */
  #end(id) {
    const worker = this.#workers.get(id);
    if (!worker) return;
    worker.ending = true;
    void endWorker(worker.part).then(() => {
      this.#workers.delete(id);
      this.#settle();
    });
  }

  /** Removes the folders of instances that are terminated. */
  #sweep() {
    const stay = new Set([...this.#wish.kept, ...this.#wish.workers.map(({ id }) => id), ...this.#workers.keys()]);
    for (const id of this.#folders()) {
      if (!stay.has(id)) rmSync(join(this.#folder, id), { recursive: true, force: true });
    }
  }

  #folders() {
    return existsSync(this.#folder) ? readdirSync(this.#folder) : [];
  }

  /** @returns {Report} */
  #state() {
    const workers = [...this.#workers].map(([id, { part, problem }]) => ({ id, pid: part.pid, problem }));
    return { workers, folders: this.#folders() };
  }
}

/** @param {import('./part.mjs').Part} part */
const endWorker = (part) => part.end(() => part.say('stop'), END_LIMIT_MS);

/**
 * The command with only some of the processors, where the system can do that.
 * @param {string} file
 * @param {string[]} args
 * @param {number[] | null} cpus
 */
export function onProcessors(file, args, cpus) {
  if (cpus === null || process.platform !== 'linux' || !onPath('taskset')) return { file, args };
  return { file: 'taskset', args: ['--cpu-list', cpus.join(','), file, ...args] };
}
