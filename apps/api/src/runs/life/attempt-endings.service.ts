import {
  type AttemptFinished,
  type AttemptRef,
  type AttemptReply,
  ON_MACHINE_STATES,
  type RunState,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { AttemptResults } from '../../results/attempt-results.service.js';
import { currentAttempt, type RunRecord } from '../../run-records/run-view.js';
import { type AttemptChange, RunsRepository } from '../../run-records/runs.repository.js';
import { Aftermath } from './aftermath.service.js';
import type { ClaimingMachine } from './claiming-machine.js';

/** Ends attempts: as their machine reports it, or without it. Where the run's policy allows, the next attempt begins. */
@Injectable()
export class AttemptEndings {
  constructor(
    private readonly runs: RunsRepository,
    private readonly results: AttemptResults,
    private readonly aftermath: Aftermath,
  ) {}

  /**
   * Ends the attempt, but only when its last byte is stored and the checksum is right, and its artifacts and its last
   * point are there too.
   */
  async finished(machine: ClaimingMachine, finished: AttemptFinished): Promise<AttemptReply> {
    const ref: AttemptRef = { runId: finished.runId, attempt: finished.attempt };
    const run = await this.runs.get(ref.runId);
    if (!run || run.attempt !== ref.attempt || currentAttempt(run).machineId !== machine.id)
      return { ok: false, code: 'superseded' };
    if (!ON_MACHINE_STATES.includes(run.state)) return { ok: true };
    const missing = await this.results.missing(ref, finished);
    if (missing) return missing;
    await this.runs.noteNumbers(ref, await this.results.lastNumbers(ref, finished.outputBytes));
    const { exitCode, signal, outputBytes, outputSha256 } = finished;
    const reason = finished.reason ?? run.stopReason;
    const failed = endState(run.state, finished) === 'failed';
    const failure = failed ? await this.results.failure(ref, finished, run.snapshotId) : null;
    const ended = await this.end(run, finished, {
      exitCode,
      signal,
      outputBytes,
      outputSha256,
      finishedAt: new Date(),
      reason,
      failure,
    });
    // The state may have changed between reading and writing, by a stop: the worker asks again.
    if (!ended) return { ok: false, code: 'gap', expected: outputBytes };
    this.aftermath.ofAttempt(ended, ref, machine.shared);
    return { ok: true };
  }

  /** Ends an attempt whose machine does not answer for it any more. */
  async lose(run: RunRecord, reason: string): Promise<void> {
    const ref: AttemptRef = { runId: run.id, attempt: run.attempt };
    const change: AttemptChange = { reason, outputBytes: await this.results.storedBytes(ref) };
    const lost =
      (await this.retry(run, 'lost', change)) ??
      (await this.runs.transition(ref, ON_MACHINE_STATES, ['lost'], { change }));
    if (!lost) return;
    logger.warn({ ...ref, machineId: run.machineId, reason }, 'the attempt is lost');
    this.aftermath.ofAttempt(lost, ref);
  }

  /** Ends a stopped attempt that its machine never started. */
  async stopUnstarted(run: RunRecord): Promise<void> {
    if (currentAttempt(run).startedAt) return;
    const ref: AttemptRef = { runId: run.id, attempt: run.attempt };
    const stopped = await this.runs.transition(ref, ['stopping'], ['stopped'], { change: { reason: run.stopReason } });
    if (stopped) this.aftermath.ofAttempt(stopped, ref);
  }

  private async end(run: RunRecord, finished: AttemptFinished, change: AttemptChange): Promise<RunRecord | null> {
    const ref: AttemptRef = { runId: run.id, attempt: run.attempt };
    const state = endState(run.state, finished);
    if (state === 'failed' || state === 'lost') {
      const again = await this.retry(run, state, change);
      if (again) return again;
    }
    return this.runs.transition(ref, [run.state], pathTo(run.state, state), { change });
  }

  /** Begins the next attempt where the run's policy allows one. */
  private async retry(run: RunRecord, ended: 'failed' | 'lost', change: AttemptChange): Promise<RunRecord | null> {
    const policy = run.retry;
    if (!policy || run.attempt > policy.max || (ended === 'failed' && policy.on !== 'failure')) return null;
    const wait = policy.backoffSeconds * 2 ** (run.attempt - 1);
    const notBefore = new Date(Date.now() + Math.min(wait, 3600) * 1000);
    const ref: AttemptRef = { runId: run.id, attempt: run.attempt };
    return this.runs.retry(ref, ['preparing', 'running'], ended, change, {
      notBefore,
      anyMachine: run.targetPoolId !== null,
    });
  }
}

/** What an end means for the run: a stop that was asked for explains whatever exit follows. */
function endState(state: RunState, { outcome, exitCode }: AttemptFinished): RunState {
  if (outcome === 'supervisor_lost') return 'lost';
  if (outcome === 'timed_out') return 'timed_out';
  if (outcome === 'stopped' || state === 'stopping') return 'stopped';
  return outcome === 'exited' && exitCode === 0 ? 'succeeded' : 'failed';
}

/** The states to go through, where the end came before the notices in between. */
function pathTo(from: RunState, to: RunState): RunState[] {
  if (to === 'stopped' && from !== 'stopping') return ['stopping', to];
  if (to === 'succeeded' && from === 'preparing') return ['running', to];
  return [to];
}
