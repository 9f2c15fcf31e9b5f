import type { AttemptRef } from '@mle/protocol';
import type { FifoPool } from './fifo-pool.js';
import { OutputPipes } from './output-pipes.js';
import type { Quarry } from './process-hunt.js';
import { findProcesses, processStartTime } from './process-hunt.js';
import type { Program } from './program.js';
import { startProgram } from './program.js';
import type { SetupEnd, SetupRequest } from './protocol.js';
import type { SpoolWriter } from './spool-writer.js';
import { Escalation } from './stop-escalation.js';

const TAIL_BYTES = 4096;

/** One program of an attempt's set-up. It ends with all that it started. */
export class SetupStep {
  readonly pipes: OutputPipes;
  readonly ended: Promise<SetupEnd>;
  private readonly quarry: Quarry;
  private readonly limit: NodeJS.Timeout;
  private escalation: Escalation | null = null;
  private timedOut = false;
  private tail: Buffer = Buffer.alloc(0);

  private constructor(
    program: Program,
    { uid, timeoutSeconds }: SetupRequest,
    ref: AttemptRef,
    spool: SpoolWriter,
    private readonly times: { graceMs: number; termMs: number },
  ) {
    this.quarry = { ref, group: program.pid, uid, since: processStartTime(program.pid), forks: program.forks };
    this.pipes = new OutputPipes(
      program.stdoutFd,
      program.stderrFd,
      spool,
      { stdout: 'system', stderr: 'system' },
      (bytes) => {
        this.tail = Buffer.concat([this.tail, bytes]).subarray(-TAIL_BYTES);
      },
    );
    this.limit = setTimeout(() => {
      this.timedOut = true;
      this.stop();
    }, timeoutSeconds * 1000);
    this.ended = new Promise((resolve) => {
      program.child.on('exit', (exitCode, signal) => {
        void this.end().then(() =>
          resolve({ exitCode, signal, timedOut: this.timedOut, tail: this.tail.toString('utf8') }),
        );
      });
    });
  }

  static async start(
    request: SetupRequest,
    ref: AttemptRef,
    spool: SpoolWriter,
    pool: FifoPool,
    times: { graceMs: number; termMs: number },
  ): Promise<SetupStep> {
    return new SetupStep(await startProgram(request, pool), request, ref, spool, times);
  }

  stop(): void {
    this.escalation ??= new Escalation(this.quarry, this.times);
  }

  kill(): void {
    this.escalation ??= new Escalation(this.quarry, { graceMs: 0, termMs: 0 });
    this.escalation.killNow();
  }

  private async end(): Promise<void> {
    clearTimeout(this.limit);
    if (findProcesses(this.quarry).length > 0) {
      this.escalation ??= Escalation.ofStragglers(this.quarry);
      await this.escalation.untilGone();
    }
    this.escalation?.cancel();
    await this.pipes.ended();
  }
}
