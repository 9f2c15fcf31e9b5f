import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptRef, OutputStream, RunSpec } from '@mle/protocol';
import type { Logger } from '../base/logger.js';
import { PrepareError } from '../base/prepare-error.js';
import { attemptKey } from '../journal/attempt-key.js';
import type { Journal, JournalEntry } from '../journal/journal.js';
import { readRecord } from '../journal/journal.js';
import type { ExitRecord, ProcessRecord } from '../journal/records.js';
import { ExitRecordSchema, FILES } from '../journal/records.js';
import { isRunUid } from '../machine/identity/identity.js';
import { headline } from '../prepare/run/command-line.js';
import { NotRunnable } from '../prepare/run/not-runnable.js';
import type { Environments } from '../prepare/setup/environments.js';
import type { Workspaces } from '../prepare/sync/workspaces.js';
import type { ArtifactSender } from '../results/artifacts/artifact-sender.js';
import { OutputSender } from '../results/output/output-sender.js';
import type { Link } from '../server/link/link.js';
import type { Quarry } from '../supervisor/process-hunt.js';
import { killAll } from '../supervisor/process-hunt.js';
import type { SupervisorClient } from '../supervisor/supervisor-client.js';
import { SupervisorGone } from '../supervisor/supervisor-client.js';
import { AttemptResults } from './attempt-results.js';
import { reportEnd } from './end-report.js';
import type { Preparation } from './preparation.js';
import { LimitPassed } from './time-limit.js';

export interface AttemptTools {
  link: Link;
  supervisor: SupervisorClient;
  journal: Journal;
  workspaces: Workspaces;
  artifacts: ArtifactSender;
  environments: Environments;
  preparation: Preparation;
}

type Ended = 'stopped' | 'timed_out' | 'spawn_failed' | 'prepare_failed' | 'supervisor_lost';

/** Ten seconds, in which the supervisor has to note the end of what was killed. */
const KILL_ROUNDS = 500;
const REPORT_AGAIN_MS = 5_000;
const LOST_REASON = 'The supervisor of the runs on this machine ended unexpectedly, and the program was killed.';

/** One attempt that this worker answers for: from its journal entry to the server's word that its end is stored. */
export class Attempt {
  readonly key: string;
  private readonly folder: string;
  private readonly abort = new AbortController();
  private readonly results: AttemptResults;
  private sender: OutputSender | null = null;
  /** What the server said on this connection that it has stored; null: nothing yet. */
  private serverHas: number | null = null;
  private process: ProcessRecord | null = null;
  private exit: ExitRecord | null = null;
  private stopAsked: { outcome: 'exited' | 'stopped'; reason: string } | null = null;
  private preparing: { abort: AbortController; done: Promise<void> } | null = null;
  private runningTold: Promise<unknown> | null = null;
  private reporting = false;
  private removal: Promise<void> | null = null;

  constructor(
    private readonly tools: AttemptTools,
    readonly ref: AttemptRef,
    private readonly spec: RunSpec,
    readonly slot: number,
    private readonly log: Logger,
    /** Called once, when the attempt is forgotten. */
    private readonly onGone: () => void,
  ) {
    this.key = attemptKey(ref);
    this.folder = tools.journal.folder(ref);
    this.results = new AttemptResults(
      tools,
      { ref, spec, slot, folder: this.folder },
      { note: (text, stream) => this.note(text, stream), onSuperseded: () => void this.discard() },
      log,
      this.abort.signal,
    );
  }

  /** Its end is written down. */
  get isOver(): boolean {
    return this.exit !== null;
  }

  /** The pid of its program while that is alive. */
  get program(): number | null {
    return this.exit === null ? (this.process?.pid ?? null) : null;
  }

  /** After the claim: files, then the start. */
  async begin(): Promise<void> {
    this.serverHas = 0;
    const attached = this.attach();
    this.prepare(attached);
    await attached;
  }

  /** After a start of the worker: takes up what the supervisor has, without sending anything yet. */
  async restore(entry: JournalEntry): Promise<void> {
    this.process = entry.process;
    this.tools.workspaces.keep(this.spec);
    const state = await this.attach();
    if (state !== 'open') return;
    if (entry.started) await this.endAsLost();
    else await this.killSetup();
  }

  /** The server's word after each hello. */
  goOn(storedBytes: number, stop: string | null): void {
    if (stop !== null) void this.stop('exited', stop);
    this.serverHas = storedBytes;
    this.sender?.resume(storedBytes);
    if (this.exit === null && this.process === null && this.preparing === null) this.prepare();
  }

  offline(): void {
    this.serverHas = null;
    this.sender?.suspend();
  }

  output(bytes: number): void {
    this.sender?.notify(bytes);
  }

  /** The supervisor says that it has ended. `bytes`: of its output, where all of it was counted since. */
  ended(bytes = Infinity): void {
    const exit = this.exit ?? readRecord(join(this.folder, FILES.exit), ExitRecordSchema);
    if (exit === null) return;
    // After a power cut less of the output may be there than of the note of its end.
    this.exit ??= { ...exit, bytes: Math.min(exit.bytes, bytes) };
    this.report(this.exit);
  }

  async stop(outcome: 'exited' | 'stopped', reason: string): Promise<void> {
    // Only its artifacts are still on their way; a stop from before has nothing to do with them.
    if (this.exit !== null && this.stopAsked === null) this.results.cut();
    if (this.exit !== null || this.stopAsked !== null) return;
    this.stopAsked = { outcome, reason };
    this.log.info({ reason }, 'The run is asked to stop.');
    this.preparing?.abort.abort();
    await this.tools.supervisor.request({ op: 'stop', key: this.key, outcome, reason }).catch(ignoreGone);
  }

  async kill(): Promise<void> {
    this.preparing?.abort.abort();
    await this.tools.supervisor.request({ op: 'kill', key: this.key }).catch(ignoreGone);
  }

  /** Kills the copy and forgets it. */
  discard(): Promise<void> {
    this.removal ??= this.remove(true);
    return this.removal;
  }

  /** After the loss of the connection to the supervisor, with the same one or a new one. */
  async supervisorBack(): Promise<void> {
    if (this.removal !== null) return;
    const state = await this.attach();
    // It may have been asked for while nobody heard it.
    if (state === 'running' && this.stopAsked !== null)
      await this.tools.supervisor.request({ op: 'stop', key: this.key, ...this.stopAsked });
    if (state !== 'open') return;
    if (existsSync(join(this.folder, FILES.started))) return this.endAsLost();
    await this.killSetup();
    if (this.stopAsked !== null) await this.finish('stopped', this.stopAsked.reason);
    else {
      // What it was about to do may have failed with the supervisor, or may still go on with the new one.
      await this.preparing?.done;
      if (this.preparing === null && this.exit === null && this.removal === null) this.prepare();
    }
  }

  private async attach(): Promise<'open' | 'running' | 'ended'> {
    const reply = await this.tools.supervisor.open(this.key, this.folder, this.spec.outputQuotaBytes);
    if (this.sender === null) {
      const path = join(this.folder, FILES.spool);
      this.sender = new OutputSender(this.tools.link, this.ref, path, reply.bytes, () => void this.discard(), this.log);
      if (this.serverHas !== null) this.sender.resume(this.serverHas);
    }
    this.sender.notify(reply.bytes);
    if (reply.process !== null) this.started(reply.process);
    // The news of the end may have come before this answer.
    if (reply.state === 'ended' || this.exit !== null) this.ended(reply.bytes);
    return reply.state;
  }

  private async endAsLost(): Promise<void> {
    await killAll(this.quarry());
    if (this.spec.settings.image !== null) await this.tools.preparation.removeContainer(this.ref);
    await this.endAfterNote('supervisor_lost', LOST_REASON);
  }

  /** What a supervisor that is gone had begun before the start. */
  private async killSetup(): Promise<void> {
    await killAll(this.quarry());
  }

  private async endAfterNote(outcome: Ended, reason: string): Promise<void> {
    await this.tools.supervisor.request({ op: 'note', key: this.key, stream: 'system', text: `\n${reason}\n` });
    await this.finish(outcome, reason);
  }

  private async finish(outcome: Ended, reason: string): Promise<void> {
    await this.tools.supervisor.request({ op: 'finish', key: this.key, outcome, reason });
    this.ended();
  }

  private prepare(attached: Promise<unknown> = Promise.resolve()): void {
    const abort = new AbortController();
    this.preparing = { abort, done: this.prepareAndSpawn(attached, abort.signal) };
  }

  private async prepareAndSpawn(attached: Promise<unknown>, signal: AbortSignal): Promise<void> {
    try {
      if (this.stopAsked !== null) return await this.finish('stopped', this.stopAsked.reason);
      const start = await this.tools.preparation.prepare(
        { spec: this.spec, slot: this.slot, folder: this.folder },
        attached,
        signal,
      );
      await attached;
      signal.throwIfAborted();
      const reply = await this.tools.supervisor.spawn(start);
      if (reply.result === 'started') this.started(reply.process);
    } catch (error) {
      await attached.catch(() => undefined);
      await this.prepareFailed(error).catch((failure: unknown) => {
        ignoreGone(failure);
        // Nobody was told: it is prepared again, and fails again if that was the reason.
        this.preparing = null;
      });
    }
  }

  private async prepareFailed(error: unknown): Promise<void> {
    if (error instanceof SupervisorGone) throw error;
    if (this.stopAsked !== null) return this.finish('stopped', this.stopAsked.reason);
    if (error instanceof LimitPassed) return this.endAfterNote('timed_out', error.message);
    const runnable = !(error instanceof NotRunnable);
    const expected = error instanceof PrepareError || !runnable;
    const sentence = error instanceof Error ? error.message : String(error);
    if (!expected) this.log.error({ err: error }, 'A run could not be prepared.');
    const text = expected ? sentence : `The run could not be prepared on this machine: ${sentence}`;
    if (!runnable)
      await this.tools.supervisor.request({ op: 'note', key: this.key, stream: 'system', text: headline(this.spec) });
    await this.tools.supervisor.request({ op: 'note', key: this.key, stream: 'stderr', text: `${text}\n` });
    await this.finish(runnable ? 'prepare_failed' : 'spawn_failed', text.slice(0, 2000));
  }

  private started(process: ProcessRecord): void {
    this.process = process;
    if (this.runningTold !== null) return;
    this.log.info({ pid: process.pid }, 'The run has started.');
    this.results.start();
    const { pid, startedAt } = process;
    this.runningTold = this.tools.link
      .insist(this.abort.signal, () => this.tools.link.running({ ...this.ref, pid, startedAt }))
      .then(
        (reply) => {
          if (!reply.ok && reply.code === 'superseded') void this.discard();
        },
        () => undefined,
      );
  }

  /** Sends the end after the last byte, until the server has both. */
  private report(exit: ExitRecord): void {
    if (this.reporting || this.sender === null) return;
    this.reporting = true;
    void this.reportOn(exit, this.sender).catch((error: unknown) =>
      this.log.error({ err: error }, 'A run that is over could not be forgotten.'),
    );
  }

  /** Until it is done: nobody else ends the run. */
  private async reportOn(exit: ExitRecord, sender: OutputSender): Promise<void> {
    for (let done = false; !done;) {
      try {
        await this.reportAll(exit, sender);
        done = true;
      } catch (error) {
        if (this.abort.signal.aborted) return;
        this.log.error({ err: error }, 'The end of a run could not be reported. It is tried again.');
        await delay(REPORT_AGAIN_MS);
      }
    }
    this.removal ??= this.remove(false);
    await this.removal;
  }

  private async reportAll(exit: ExitRecord, sender: OutputSender): Promise<void> {
    if (this.process !== null) this.started(this.process);
    await this.runningTold;
    const { link } = this.tools;
    const artifacts = await reportEnd(link, this.ref, exit, sender, this.results, this.abort.signal);
    const { outcome, exitCode, signal, bytes } = exit;
    this.log.info({ outcome, exitCode, signal, bytes, artifacts }, 'The run has ended and is reported.');
  }

  /** A sentence of our own in the run's output, which is not over before its end is reported. */
  private async note(text: string, stream: OutputStream = 'system'): Promise<void> {
    try {
      await this.tools.supervisor.request({ op: 'note', key: this.key, stream, text });
      const { bytes } = await this.tools.supervisor.open(this.key, this.folder, this.spec.outputQuotaBytes);
      this.sender?.notify(bytes);
    } catch (error) {
      ignoreGone(error);
    }
  }

  private async remove(withCopy: boolean): Promise<void> {
    this.abort.abort();
    this.preparing?.abort.abort();
    // A set-up ends with the kill, which its preparation waits for.
    if (withCopy) await this.kill();
    await this.preparing?.done;
    await this.tools.workspaces.release(this.spec);
    if (withCopy) {
      this.log.warn('The attempt is over for the server: its copy is killed and forgotten.');
      await this.killCopy();
      await this.tools.workspaces.dropOutputs(this.ref);
    } else {
      // What could not be stored is still there for whoever has the machine.
      if (!this.results.droppedAny) await this.tools.workspaces.dropOutputs(this.ref);
    }
    await this.tools.supervisor.request({ op: 'forget', key: this.key }).catch(ignoreGone);
    await this.sender?.close();
    await this.tools.journal.remove(this.ref);
    this.tools.environments.release(this.key);
    this.onGone();
  }

  private quarry(): Quarry {
    const { pid, startTime } = this.process ?? { pid: null, startTime: null };
    const { uid } = this.results;
    const own = uid !== null && isRunUid(uid) ? uid : null;
    return { ref: this.ref, group: pid, uid: own, since: startTime, forks: null };
  }

  private async killCopy(): Promise<void> {
    const exit = join(this.folder, FILES.exit);
    await this.kill();
    for (let round = 0; this.process !== null && !existsSync(exit) && round < KILL_ROUNDS; round++) {
      await killAll(this.quarry());
      await delay(20);
    }
  }
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof SupervisorGone)) throw error;
}
