import { execFile } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bootId } from '@mle/process/identity.mjs';
import { writeAtomicSync } from '../base/atomic-file.js';
import { parseAttemptKey } from '../journal/attempt-key.js';
import { readRecord } from '../journal/journal.js';
import type { ExitRecord, ProcessRecord } from '../journal/records.js';
import { ExitRecordSchema, FILES } from '../journal/records.js';
import { backgroundPrograms, endedWithMain } from './background-programs.js';
import type { FifoPool } from './fifo-pool.js';
import { OutputPipes } from './output-pipes.js';
import type { Quarry } from './process-hunt.js';
import { findProcesses, processStartTime } from './process-hunt.js';
import type { Program } from './program.js';
import { startProgram } from './program.js';
import type { SetupEnd, SetupReply, SetupRequest, SpawnReply, SpawnRequest } from './protocol.js';
import { SetupStep } from './setup-step.js';
import { spawnFailure } from './spawn-failure.js';
import { SpoolWriter } from './spool-writer.js';
import { Escalation } from './stop-escalation.js';

export interface StopTimes {
  graceMs: number;
  termMs: number;
}

type Ending = Pick<ExitRecord, 'outcome' | 'exitCode' | 'signal' | 'reason'>;

/** Between the retries of writing the exit status while the disk is full. */
const RETRY_MS = 1_000;
const CLEANUP_MS = 30_000;

/** One attempt in the supervisor: its spool, its processes and its end. */
export class SupervisedRun {
  state: 'open' | 'running' | 'ended';
  process: ProcessRecord | null = null;
  readonly spool: SpoolWriter;
  private quarry: Quarry;
  private escalation: Escalation | null = null;
  private stopAsked: { outcome: 'exited' | 'stopped'; reason: string } | null = null;
  private limit: { timer: NodeJS.Timeout; seconds: number; passed: boolean } | null = null;
  private killAsked = false;
  /** Of this run alone. */
  private ownTimes: StopTimes | null = null;
  /** Its end is being written. */
  private finishing = false;
  private pipes: OutputPipes | null = null;
  private step: SetupStep | null = null;

  constructor(
    readonly key: string,
    readonly folder: string,
    quotaBytes: number,
    private readonly times: StopTimes,
    private readonly news: {
      output: (bytes: number, program: boolean) => void;
      ended: () => void;
      setup: (end: SetupEnd) => void;
    },
  ) {
    const ref = parseAttemptKey(key);
    if (ref === null) throw new Error(`"${key}" names no attempt.`);
    this.quarry = { ref, group: null, uid: null, since: null, forks: null };
    // A power cut may have left the file without its words.
    this.state = readRecord(join(folder, FILES.exit), ExitRecordSchema) === null ? 'open' : 'ended';
    this.spool = new SpoolWriter(join(folder, FILES.spool), quotaBytes, news.output, () =>
      (this.pipes ?? this.step?.pipes)?.settle(),
    );
  }

  /** One of its processes may live. */
  get busy(): boolean {
    return this.state === 'running' || this.step !== null;
  }

  /** Runs a program of the set-up, one at a time. */
  async setup(request: SetupRequest, pool: FifoPool): Promise<SetupReply> {
    await this.step?.ended;
    if (this.state !== 'open' || this.finishing || this.stopAsked !== null) return { result: 'over' };
    try {
      this.step = await SetupStep.start(request, this.quarry.ref, this.spool, pool, this.times);
    } catch (error) {
      return { result: 'failed', message: spawnFailure(error, request.argv[0] ?? '', request.cwd) };
    }
    void this.afterStep(this.step);
    return { result: 'started' };
  }

  /** Nobody is left who would go on after the set-up. */
  dropSetup(): void {
    this.step?.kill();
  }

  /** Starts the program: once ever for this attempt, whoever asks. */
  async spawn(request: SpawnRequest, pool: FifoPool): Promise<SpawnReply> {
    if (this.process !== null) return { result: 'started', process: this.process };
    if (this.state !== 'open' || this.finishing) return { result: 'again' };
    let program: Program;
    try {
      closeSync(openSync(join(this.folder, FILES.started), 'wx', 0o600));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return { result: 'again' };
      return this.fail(error, request);
    }
    this.spool.note('system', request.headline);
    try {
      program = await startProgram(request, pool);
    } catch (error) {
      return this.fail(error, request);
    }
    const { child, pid, forks } = program;
    this.state = 'running';
    const startTime = processStartTime(pid);
    this.quarry = { ref: this.quarry.ref, group: pid, uid: request.uid, since: startTime, forks };
    child.on('exit', (code, signal) => void this.end(code, signal, request));
    this.pipes = new OutputPipes(program.stdoutFd, program.stderrFd, this.spool);
    this.process = { pid, startTime, bootId: bootId(), startedAt: Date.now() };
    if (request.stopGraceMs !== null) this.ownTimes = { graceMs: request.stopGraceMs, termMs: 0 };
    this.limitTime(request.timeoutSeconds, request.spentMs);
    this.noteProcess(this.process);
    return { result: 'started', process: this.process };
  }

  /** SIGINT, SIGTERM, SIGKILL, each after its time. A second stop changes nothing. */
  async stop(outcome: 'exited' | 'stopped', reason: string): Promise<void> {
    if (this.state === 'open' && this.step === null)
      return this.finish({ outcome: 'stopped', exitCode: null, signal: null, reason });
    if (this.state === 'ended' || this.stopAsked !== null) return;
    this.stopAsked = { outcome, reason };
    if (this.step === null) this.escalate();
    else this.step.stop();
  }

  /** SIGKILL to all of it, now. */
  kill(): void {
    this.step?.kill();
    if (this.state !== 'running') return;
    this.killAsked = true;
    this.escalation ??= new Escalation(this.quarry, { graceMs: 0, termMs: 0 });
    this.escalation.killNow();
  }

  /** Ends an attempt without a process. */
  async finish(ending: Ending): Promise<void> {
    if (this.state !== 'open' || this.finishing) return;
    this.finishing = true;
    await this.record(ending);
  }

  async close(): Promise<void> {
    await this.spool.close();
  }

  private async afterStep(step: SetupStep): Promise<void> {
    const end = await step.ended;
    if (this.stopAsked !== null)
      await this.finish({ outcome: 'stopped', exitCode: null, signal: null, reason: this.stopAsked.reason });
    this.step = null;
    this.news.setup(end);
  }

  /** A full disk must not end what has just begun: the environment finds its processes too. */
  private noteProcess(record: ProcessRecord): void {
    try {
      writeAtomicSync(join(this.folder, FILES.process), JSON.stringify(record));
    } catch {
      return;
    }
  }

  private escalate(): void {
    this.escalation ??= new Escalation(this.quarry, this.ownTimes ?? this.times);
  }

  private limitTime(seconds: number | null, spentMs: number): void {
    if (seconds === null) return;
    const limit = { seconds, passed: false, timer: setTimeout(() => undefined, 0) };
    // A timer of Node holds at most 2^31 − 1 ms, less than the longest limit.
    const deadline = performance.now() + seconds * 1000 - spentMs;
    const arm = (): void => {
      const left = deadline - performance.now();
      if (left > 0) {
        limit.timer = setTimeout(arm, Math.min(left, 2 ** 31 - 1));
      } else if (this.state === 'running' && this.stopAsked === null) {
        limit.passed = true;
        this.escalate();
      }
    };
    arm();
    this.limit = limit;
  }

  private async fail(error: unknown, request: SpawnRequest): Promise<SpawnReply> {
    const sentence = spawnFailure(error, request.argv[0] ?? '', request.cwd);
    this.spool.note('stderr', `${sentence}\n`);
    await this.finish({ outcome: 'spawn_failed', exitCode: null, signal: null, reason: sentence });
    return { result: 'failed' };
  }

  private async end(
    exitCode: number | null,
    signal: NodeJS.Signals | null,
    { cleanup, cwd, env }: SpawnRequest,
  ): Promise<void> {
    clearTimeout(this.limit?.timer);
    const escalated = this.escalation?.reached ?? null;
    const background = this.escalation === null ? await backgroundPrograms(this.quarry) : [];
    if (findProcesses(this.quarry).length > 0) {
      // What the main process left behind goes with it; during a stop its group keeps the time it was given.
      this.escalation ??= Escalation.ofStragglers(this.quarry);
      await this.escalation.untilGone();
    }
    this.escalation?.cancel();
    if (cleanup !== null) await cleanUp(cleanup, cwd, env);
    await this.pipes?.ended();
    if (background.length > 0) this.spool.note('system', endedWithMain(background));
    await this.record(this.ending(exitCode, signal, escalated));
  }

  private ending(exitCode: number | null, signal: NodeJS.Signals | null, escalated: string | null): Ending {
    if (this.limit?.passed === true) {
      return {
        outcome: 'timed_out',
        exitCode,
        signal,
        reason: `The run passed its time limit of ${this.limit.seconds} s.`,
      };
    }
    if (this.stopAsked?.outcome === 'stopped')
      return { outcome: 'stopped', exitCode, signal, reason: this.stopAsked.reason };
    let reason: string | null = null;
    if (signal === 'SIGKILL' && this.killAsked) reason = 'It was killed.';
    else if (signal === 'SIGKILL' && escalated === 'SIGKILL')
      reason = 'It did not end after SIGINT and SIGTERM, so it was killed.';
    else if (signal === 'SIGKILL') reason = 'It was killed from outside, as the system does when memory runs out.';
    return { outcome: 'exited', exitCode, signal, reason };
  }

  private async record(ending: Ending): Promise<void> {
    await this.spool.finish();
    const finishedAt = Date.now();
    for (;;) {
      const exit: ExitRecord = { ...ending, finishedAt, bytes: this.spool.bytes };
      try {
        writeAtomicSync(join(this.folder, FILES.exit), JSON.stringify(exit));
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') break; // the attempt was discarded meanwhile
        await delay(RETRY_MS);
      }
    }
    this.state = 'ended';
    this.news.ended();
  }
}

/** Where nothing is left to clean up the program fails, and that is as well. */
async function cleanUp([file = '', ...args]: string[], cwd: string, env: Record<string, string>): Promise<void> {
  await promisify(execFile)(file, args, { cwd, env, timeout: CLEANUP_MS, killSignal: 'SIGKILL' }).catch(
    () => undefined,
  );
}
