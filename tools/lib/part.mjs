import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { signalGroup } from './signal-group.mjs';

const BACKOFF_MS = { first: 250, last: 5_000, forgottenAfter: 10_000 };
/** What a part exits with when its configuration cannot work: to start it again would not help. */
const BAD_CONFIGURATION = 2;
const START_LIMIT_MS = 90_000;
const STARTS_BEFORE_GIVING_UP = 3;

/**
 * @typedef {object} PartDescription
 * @property {string} name
 * @property {() => { file: string, args: string[], env: NodeJS.ProcessEnv, input?: string }} command made anew for each
 *   start
 * @property {(isCurrent: () => boolean) => Promise<void>} [probe] settles when the part answers; without it a JSON line
 *   `{"msg":"<name> ready"}` counts
 * @property {string} cwd
 * @property {import('./log-file.mjs').LogFile} log
 * @property {() => void} [onChange] a process of it began or ended
 * @property {(message: unknown) => void} [onMessage] its processes have a channel to speak by, and this hears them
 */

/**
 * One process of the installation, in a process group of its own. A pipe on fd 3 is its lifeline: the part ends
 * when the launcher does, however the launcher ends. A part that dies is started again until `end`.
 */
export class Part {
  name;
  /** How often it was started again. */
  restarts = 0;
  #description;
  /** @type {import('node:child_process').ChildProcess | null} */
  #child = null;
  #ending = false;
  #wasReady = false;
  #failedStarts = 0;
  #backoffMs = BACKOFF_MS.first;
  #startedAt = 0;
  /** @type {AbortController} */
  #rest = new AbortController();
  /** @type {string[]} */
  #lastWords = [];
  /** @type {{ resolve: (line: Record<string, unknown>) => void, reject: (error: Error) => void } | null} */
  #waiting = null;

  /** @param {PartDescription} description */
  constructor(description) {
    this.#description = description;
    this.name = description.name;
  }

  get pid() {
    return this.#child?.pid ?? null;
  }

  /**
   * Settles with the part's own ready line, or rejects with its own sentence when it cannot start.
   * @returns {Promise<Record<string, unknown>>}
   */
  async start() {
    const ready = /** @type {Promise<Record<string, unknown>>} */ (
      new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
      })
    );
    const limit = setTimeout(
      () => this.#giveUp(`The ${this.name} did not get ready within ${START_LIMIT_MS / 1000} s.`),
      START_LIMIT_MS,
    );
    this.#spawn();
    try {
      return await ready;
    } finally {
      clearTimeout(limit);
    }
  }

  /**
   * Writes a word to the lifeline.
   * @param {'stop' | 'kill'} word
   */
  say(word) {
    const lifeline = /** @type {import('node:stream').Writable | null | undefined} */ (this.#child?.stdio[3]);
    lifeline?.write(`${word}\n`);
  }

  /** To a part that has just died it is not sent: the next one asks anew. @param {object} message */
  send(message) {
    if (this.#child?.connected) this.#child.send(message, () => {});
  }

  /** Asks its processes to end; unless `end` was called it is started again, as after any death. */
  restart() {
    this.#backoffMs = BACKOFF_MS.first;
    if (this.#child?.pid) signalGroup(this.#child.pid, 'SIGTERM');
    // A read of the lifeline that has not returned can hold up the exit of a process.
    this.#child?.stdio[3]?.destroy();
  }

  kill() {
    if (this.#child?.pid) signalGroup(this.#child.pid, 'SIGKILL');
  }

  /**
   * Ends it for good: `ask` first, then, `limitMs` later, SIGKILL to its process group.
   * @param {() => void} ask
   * @param {number} limitMs
   */
  async end(ask, limitMs) {
    this.#ending = true;
    this.#rest.abort();
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const { pid } = child;
    const gone = once(child, 'exit');
    ask();
    const limit = setTimeout(() => signalGroup(pid, 'SIGKILL'), limitMs);
    await gone;
    clearTimeout(limit);
    signalGroup(pid, 'SIGKILL');
  }

  /** @param {number} limitMs */
  async terminate(limitMs) {
    await this.end(() => this.restart(), limitMs);
  }

  #spawn() {
    const { name, command, cwd, log, onChange } = this.#description;
    const { file, args, env, input } = command();
    this.#startedAt = Date.now();
    this.#lastWords = [];
    const { onMessage } = this.#description;
    /** @type {import('node:child_process').StdioOptions} */
    const stdio = ['pipe', 'pipe', 'pipe', 'pipe', ...(onMessage ? /** @type {const} */ (['ipc']) : [])];
    const child = spawn(file, args, { cwd, env, detached: true, stdio });
    if (onMessage) child.on('message', onMessage);
    this.#child = child;
    // Writing to a part that has just died is no error of ours: its exit is what counts.
    for (const stream of child.stdio) stream?.on('error', () => {});
    child.stdin?.end(input);
    log.write(
      `${JSON.stringify({ time: new Date().toISOString(), msg: `${name} started`, pid: child.pid, restarts: this.restarts })}\n`,
    );
    this.#listen(child);
    onChange?.();
    const { probe } = this.#description;
    if (probe) {
      probe(() => this.#child === child).then(
        () => this.#child === child && this.#isReady({}),
        () => {},
      );
    }
  }

  /** @param {import('node:child_process').ChildProcess} child */
  #listen(child) {
    const { log, onChange, name } = this.#description;
    let over = false;
    const ended = (/** @type {string} */ how) => {
      if (over) return;
      over = true;
      log.write(`${JSON.stringify({ time: new Date().toISOString(), msg: `${name} ended`, how })}\n`);
      this.#child = null;
      onChange?.();
      if (!this.#ending) void this.#ended(how);
    };
    child.on('error', (error) => ended(error.message));
    // 'close' comes after the last line; an orphan that holds the pipe must not delay the next start.
    child.on('close', (status, signal) => ended(signal ?? `exit code ${status}`));
    child.on('exit', (status, signal) => {
      if (child.pid) signalGroup(child.pid, 'SIGKILL');
      setTimeout(() => ended(signal ?? `exit code ${status}`), 500).unref();
    });
    for (const [stream, isError] of /** @type {const} */ ([
      [child.stdout, false],
      [child.stderr, true],
    ])) {
      if (!stream) continue;
      createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
        log.write(`${line}\n`);
        this.#hear(line, isError);
      });
    }
  }

  /** @param {string} line @param {boolean} isError */
  #hear(line, isError) {
    /** @type {Record<string, unknown> | null} */
    let record = null;
    if (line.startsWith('{')) {
      try {
        record = JSON.parse(line);
      } catch {
        // Not one of its records.
      }
    }
    if (record?.['msg'] === `${this.name} ready`) this.#isReady(record);
    const said = record ? (Number(record['level']) >= 50 ? String(record['msg']) : null) : isError ? line : null;
    if (said) this.#lastWords = [...this.#lastWords, said].slice(-20);
  }

  /** @param {Record<string, unknown>} line */
  #isReady(line) {
    this.#wasReady = true;
    this.#waiting?.resolve(line);
    this.#waiting = null;
  }

  /** @param {string} how */
  async #ended(how) {
    const words = this.#lastWords.join('\n').trim();
    if (!this.#wasReady) {
      this.#failedStarts++;
      if (how === `exit code ${BAD_CONFIGURATION}` || this.#failedStarts >= STARTS_BEFORE_GIVING_UP) {
        this.#giveUp(words || `The ${this.name} could not be started (${how}).`);
        return;
      }
    }
    if (Date.now() - this.#startedAt >= BACKOFF_MS.forgottenAfter) this.#backoffMs = BACKOFF_MS.first;
    const wait = this.#backoffMs;
    this.#backoffMs = Math.min(this.#backoffMs * 2, BACKOFF_MS.last);
    try {
      await pause(wait, undefined, { signal: this.#rest.signal });
    } catch {
      return; // Ended while it rested.
    }
    this.restarts++;
    this.#spawn();
  }

  /** @param {string} sentence */
  #giveUp(sentence) {
    this.#ending = true;
    this.#waiting?.reject(new PartFailure(this.name, sentence));
    this.#waiting = null;
  }
}

/** A part that cannot start; the message is its own sentence. */
export class PartFailure extends Error {
  /** @override */
  name = 'PartFailure';

  /** @param {string} part @param {string} message */
  constructor(part, message) {
    super(message);
    this.part = part;
  }
}
