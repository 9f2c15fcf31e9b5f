import type { Socket } from 'node:net';
import { TIMING } from '@mle/protocol';
import { readJsonLines, writeJsonLine } from '../base/json-lines.js';
import type { Logger } from '../base/logger.js';
import type { FifoPool } from './fifo-pool.js';
import type { Message, Request, SetupRequest, SpawnRequest } from './protocol.js';
import { EnvelopeSchema, SUPERVISOR_VERSION } from './protocol.js';
import type { StopTimes } from './supervised-run.js';
import { SupervisedRun } from './supervised-run.js';
import type { UserList } from './user-list.js';

/** News of growing output is sent at once, and then at most this often. */
const OUTPUT_NEWS_MS = 3;
const OWN_NEWS_MS = TIMING.outputCoalesceMs;

/** Answers the worker's requests and tells it the news. The newest connection counts. */
export class SupervisorServer {
  private readonly runs = new Map<string, SupervisedRun>();
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly news = new Map<string, { bytes: number; told: number; timer: NodeJS.Timeout }>();
  private client: Socket | null = null;
  private ending = false;

  constructor(
    private readonly pool: FifoPool,
    private readonly times: StopTimes,
    private readonly log: Logger,
    /** Null: its programs see the system's list of users as it is. */
    private readonly users: UserList | null,
    private readonly exit: () => void,
  ) {}

  /** A worker is connected, or a program runs. */
  get busy(): boolean {
    return this.client !== null || this.running().length > 0;
  }

  accept(socket: Socket): void {
    this.client?.destroy();
    this.dropSetups();
    this.client = socket;
    readJsonLines(socket, (value) => void this.answer(socket, value));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.client !== socket) return;
      this.client = null;
      this.dropSetups();
    });
  }

  killAllAndEnd(): void {
    if (this.ending) return;
    this.ending = true;
    for (const run of this.running()) run.kill();
    this.exitWhenDone();
  }

  async stopAllAndEnd(reason: string): Promise<void> {
    await Promise.all(this.running().map((run) => run.stop('stopped', reason)));
    this.exitWhenDone();
  }

  private exitWhenDone(): void {
    if (this.running().length === 0) this.exit();
    else setTimeout(() => this.exitWhenDone(), 20);
  }

  private running(): SupervisedRun[] {
    return [...this.runs.values()].filter((run) => run.busy);
  }

  /** A set-up belongs to the worker that asked for it: the next one begins anew. */
  private dropSetups(): void {
    for (const run of this.runs.values()) run.dropSetup();
  }

  private async answer(socket: Socket, value: unknown): Promise<void> {
    const envelope = EnvelopeSchema.safeParse(value);
    if (!envelope.success) {
      this.log.error(
        { issues: envelope.error.issues },
        'The worker sent a request that this supervisor does not know.',
      );
      socket.destroy();
      return;
    }
    const { id, request } = envelope.data;
    try {
      const result = await this.inOrder(request, () => this.perform(request));
      writeJsonLine(socket, { id, ok: true, value: result ?? null } satisfies Message);
    } catch (error) {
      this.log.error({ err: error, op: request.op }, 'A request of the worker failed.');
      writeJsonLine(socket, {
        id,
        ok: false,
        error: error instanceof Error ? error.message : String(error),
      } satisfies Message);
    }
  }

  /** The requests for one attempt, one after the other: a stop must not overtake its spawn. */
  private inOrder<T>(request: Request, job: () => Promise<T>): Promise<T> {
    if (!('key' in request)) return job();
    const before = this.queues.get(request.key) ?? Promise.resolve();
    const result = before.then(job);
    const settled = result.catch(() => undefined);
    this.queues.set(request.key, settled);
    void settled.then(() => {
      if (this.queues.get(request.key) === settled) this.queues.delete(request.key);
    });
    return result;
  }

  private async perform(request: Request): Promise<unknown> {
    switch (request.op) {
      case 'hello':
        return { version: SUPERVISOR_VERSION, pid: process.pid };
      case 'open': {
        const run = this.open(request.key, request.folder, request.quotaBytes);
        await run.spool.flush();
        return { bytes: run.spool.bytes, state: run.state, process: run.process };
      }
      case 'note':
        this.known(request.key).spool.note(request.stream, request.text);
        return null;
      case 'setup': {
        this.show(request);
        const reply = await this.known(request.key).setup(request, this.pool);
        void this.pool.fill().catch((error: unknown) => this.log.error({ err: error }, 'No pipes can be made ahead.'));
        return reply;
      }
      case 'spawn': {
        this.show(request);
        const reply = await this.open(request.key, request.folder, request.quotaBytes).spawn(request, this.pool);
        void this.pool.fill().catch((error: unknown) => this.log.error({ err: error }, 'No pipes can be made ahead.'));
        return reply;
      }
      case 'finish':
        await this.known(request.key).finish({
          outcome: request.outcome,
          exitCode: null,
          signal: null,
          reason: request.reason,
        });
        return null;
      case 'stop':
        await this.runs.get(request.key)?.stop(request.outcome, request.reason);
        return null;
      case 'kill':
        this.runs.get(request.key)?.kill();
        return null;
      case 'forget':
        await this.forget(request.key);
        return null;
      case 'list':
        return [...this.runs.values()].map(({ key, state }) => ({ key, state }));
      case 'shutdown':
        this.killAllAndEnd();
        return null;
    }
  }

  private show({ uid, user }: SpawnRequest | SetupRequest): void {
    if (uid !== null && user !== null) this.users?.show(uid, user);
  }

  private open(key: string, folder: string, quotaBytes: number): SupervisedRun {
    const known = this.runs.get(key);
    if (known !== undefined) return known;
    const run = new SupervisedRun(key, folder, quotaBytes, this.times, {
      output: (bytes, program) => this.tellOutput(key, bytes, program),
      ended: () => this.tell({ event: 'ended', key }),
      setup: (end) => this.tell({ event: 'setup', key, ...end }),
    });
    this.runs.set(key, run);
    return run;
  }

  private known(key: string): SupervisedRun {
    const run = this.runs.get(key);
    if (run === undefined) throw new Error(`The attempt ${key} is not open.`);
    return run;
  }

  private async forget(key: string): Promise<void> {
    const run = this.runs.get(key);
    if (run === undefined) return;
    if (run.busy) throw new Error(`The attempt ${key} still runs.`);
    this.runs.delete(key);
    await run.close();
  }

  /** A line of our own waits a moment for the first words of the program: most often both go in one frame. */
  private tellOutput(key: string, bytes: number, program: boolean): void {
    const pending = this.news.get(key);
    if (pending !== undefined) {
      pending.bytes = bytes;
      if (pending.told > 0 || !program) return;
      clearTimeout(pending.timer);
    }
    if (program) this.tell({ event: 'output', key, bytes });
    const timer = setTimeout(
      () => {
        const last = this.news.get(key);
        this.news.delete(key);
        if (last !== undefined && last.bytes > last.told) this.tellOutput(key, last.bytes, true);
      },
      program ? OUTPUT_NEWS_MS : OWN_NEWS_MS,
    );
    this.news.set(key, { bytes, told: program ? bytes : 0, timer });
  }

  private tell(message: Message): void {
    if (this.client !== null) writeJsonLine(this.client, message);
  }
}
