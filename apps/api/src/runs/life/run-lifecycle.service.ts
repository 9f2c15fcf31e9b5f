import {
  type AttemptFinished,
  type AttemptRef,
  type AttemptReply,
  type AttemptRunning,
  type ClaimReply,
  DEFAULT_PROJECT_SETTINGS,
  LIMITS,
  ON_MACHINE_STATES,
  type RunSpec,
  type RunState,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { DeliveriesService } from '../../machines/queue/deliveries.service.js';
import { logger } from '../../platform/logging/logger.js';
import { Meters } from '../../platform/meters/meters.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { ArtifactIntake } from '../../results/artifacts/artifact-intake.service.js';
import { summariesOf } from '../../results/metrics/metric-parser.js';
import { MetricsIngest } from '../../results/metrics/metrics-ingest.service.js';
import { OutputIngest } from '../../results/output/output-ingest.service.js';
import { gpusWanted } from '../../run-records/gpu-seats.js';
import { currentAttempt, type RunRecord } from '../../run-records/run-view.js';
import { type AttemptChange, RunsRepository } from '../../run-records/runs.repository.js';
import { ClaimTurns, type Turn } from '../dispatch/claim-turns.service.js';
import { Dispatcher } from '../dispatch/dispatcher.service.js';
import { OwnLines } from '../dispatch/own-lines.service.js';
import { RunAnnouncer } from '../waiting/run-announcer.service.js';

/** A worker has settled a delivery by then that it was refused. */
const TURN_MS = 300;

/** A machine that asks for runs. */
export interface ClaimingMachine {
  id: string;
  name: string;
  /** It is in a pool, or has GPUs: runs of its own line may have to wait for a run of the pool, or for GPUs. */
  shared: boolean;
}

/** The life of a run as its machine drives it: claimed, running, ended or lost. */
@Injectable()
export class RunLifecycle {
  constructor(
    private readonly runs: RunsRepository,
    private readonly output: OutputIngest,
    private readonly metrics: MetricsIngest,
    private readonly artifacts: ArtifactIntake,
    private readonly announcer: RunAnnouncer,
    private readonly dispatcher: Dispatcher,
    private readonly turns: ClaimTurns,
    private readonly ownLines: OwnLines,
    private readonly deliveries: DeliveriesService,
    private readonly events: EventsService,
    private readonly meters: Meters,
  ) {}

  /**
   * Wins the attempt for the machine: from here on nobody else may start it. The winner may ask again,
   * because it starts nothing before its journal has the attempt, and asks for no attempt that is in it.
   */
  async claim(machine: ClaimingMachine, ref: AttemptRef): Promise<ClaimReply> {
    const turn = machine.shared ? await this.turn(machine.id, ref) : { gpus: [] };
    if (typeof turn === 'string')
      return { ok: false, code: 'gone', message: `It is not the run's turn: ${turn}. The delivery comes again.` };
    const on = { machineId: machine.id, change: { machineId: machine.id, machineName: machine.name } };
    const own = await this.runs.assign(
      ref,
      { machineId: machine.id, machineName: machine.name, gpus: turn.gpus },
      ['assigned', 'preparing'],
      on,
    );
    if (own === 'taken')
      return { ok: false, code: 'gone', message: 'Another run was given the GPUs. The delivery comes again.' };
    const won = own ?? (await this.runs.transition(ref, ['assigned'], ['preparing'], on));
    if (won) {
      this.meters.attemptTaken(Date.now() - (won.notBefore ?? currentAttempt(won).createdAt).getTime());
      this.output.open(ref, machine.id);
      this.announcer.announce(won);
      this.announcer.lineMoved({ machineId: machine.id });
      return { ok: true, spec: runSpec(won) };
    }
    const run = await this.runs.get(ref.runId);
    if (run?.state === 'preparing' && this.isCurrent(run, machine.id, ref)) return { ok: true, spec: runSpec(run) };
    // Stopped before the machine heard that it had won: it starts nothing, and nobody else would end the run.
    if (run?.state === 'stopping' && this.isCurrent(run, machine.id, ref)) await this.stopUnstarted(run);
    return { ok: false, code: 'gone', message: 'The run is over, or on another machine.' };
  }

  async running(machineId: string, { runId, attempt }: AttemptRunning): Promise<AttemptReply> {
    const ref = { runId, attempt };
    // Stamped here: the machine's clock may be another, and the end is stamped here too.
    const run = await this.runs.transition(ref, ['preparing'], ['running'], {
      machineId,
      change: { startedAt: new Date() },
    });
    if (run) {
      this.announcer.announce(run);
      return { ok: true };
    }
    const now = await this.runs.get(ref.runId);
    // A stop may have come first; the notice may come twice.
    return now && this.isCurrent(now, machineId, ref) ? { ok: true } : { ok: false, code: 'superseded' };
  }

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
    const missing = await this.output.verify(ref, finished);
    if (missing !== null) return { ok: false, code: 'gap', expected: missing };
    if (finished.artifacts && !(await this.artifacts.agrees(ref, finished.artifacts)))
      return { ok: false, code: 'artifacts' };
    const series = await this.metrics.settle(ref, finished.outputBytes);
    if (series.length > 0) await this.runs.noteMetrics(ref, summariesOf(series));
    const { exitCode, signal, outputBytes, outputSha256 } = finished;
    const change: AttemptChange = {
      exitCode,
      signal,
      outputBytes,
      outputSha256,
      finishedAt: new Date(),
      reason: finished.reason ?? run.stopReason,
    };
    const ended = await this.end(run, finished, change);
    // The state may have changed between reading and writing, by a stop: the worker asks again.
    if (!ended) return { ok: false, code: 'gap', expected: outputBytes };
    this.settle(ended, ref, machine);
    return { ok: true };
  }

  /** Ends an attempt whose machine does not answer for it any more. */
  async lose(run: RunRecord, reason: string): Promise<void> {
    const ref: AttemptRef = { runId: run.id, attempt: run.attempt };
    const storedBytes = await this.output.storedBytes(ref);
    const change: AttemptChange = { reason, outputBytes: storedBytes };
    const lost =
      (await this.retry(run, 'lost', change)) ??
      (await this.runs.transition(ref, ON_MACHINE_STATES, ['lost'], { change }));
    if (!lost) return;
    logger.warn({ runId: run.id, attempt: run.attempt, machineId: run.machineId, reason }, 'the attempt is lost');
    this.settle(lost, ref);
  }

  /** Ends a stopped attempt that its machine never started. */
  async stopUnstarted(run: RunRecord): Promise<void> {
    if (currentAttempt(run).startedAt) return;
    const ref: AttemptRef = { runId: run.id, attempt: run.attempt };
    const stopped = await this.runs.transition(ref, ['stopping'], ['stopped'], { change: { reason: run.stopReason } });
    if (stopped) this.settle(stopped, ref);
  }

  /** A run that waited was stopped: its slot, if one was kept for it, and its place in line are free. */
  leftLine(run: RunRecord): void {
    this.events.emit('attempt.ended', { runId: run.id, attempt: run.attempt });
    this.announcer.announce(run);
    this.announcer.linesOfRunMoved(run);
    void this.dispatcher.wake();
  }

  private settle(run: RunRecord, ref: AttemptRef, machine?: ClaimingMachine): void {
    this.meters.attemptEnded(run.attempts[ref.attempt - 1]?.state ?? run.state);
    this.output.close(ref);
    this.events.emit('attempt.ended', ref);
    this.announcer.announce(run);
    if (run.state === 'queued') this.announcer.linesOfRunMoved(run);
    // No pool waits for a slot of a machine that is in none.
    if (machine?.shared !== false || run.targetPoolId) void this.dispatcher.wake();
    if (gpusWanted(run.needs) > 0)
      this.ownLines
        .deliver()
        .catch((error: unknown) => logger.debug({ err: error }, 'runs that wait for GPUs wait for the reconciler'));
  }

  /** The worker forgets the delivery that it took too early, and gets it again: soon, or when GPUs are free. */
  private async turn(machineId: string, ref: AttemptRef): Promise<Turn> {
    const run = await this.runs.get(ref.runId);
    if (run?.state !== 'queued' || run.machineId !== machineId) return { gpus: [] };
    const turn = await this.turns.turnOf(machineId, run);
    if (turn !== 'pool first') return turn;
    void this.dispatcher.wake();
    const again = (): void =>
      void this.deliveries
        .deliver(run)
        .catch((error: unknown) => logger.debug({ err: error, ...ref }, 'a delivery waits for the reconciler'));
    setTimeout(again, TURN_MS).unref();
    return turn;
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
    return this.runs.retry({ runId: run.id, attempt: run.attempt }, ['preparing', 'running'], ended, change, {
      notBefore,
      anyMachine: run.targetPoolId !== null,
    });
  }

  private isCurrent(run: RunRecord, machineId: string, ref: AttemptRef): boolean {
    return (
      run.attempt === ref.attempt &&
      currentAttempt(run).machineId === machineId &&
      ON_MACHINE_STATES.includes(run.state)
    );
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

function runSpec(run: RunRecord): RunSpec {
  return {
    runId: run.id,
    attempt: run.attempt,
    number: run.number,
    ownerId: run.ownerId,
    projectId: run.projectId,
    projectName: run.projectName,
    snapshotId: run.snapshotId,
    snapshotBytes: run.snapshotBytes,
    file: run.file,
    command: run.command,
    args: run.args,
    params: run.params,
    settings: run.settings ?? DEFAULT_PROJECT_SETTINGS,
    env: run.env,
    gpus: (run.gpuSeats ?? []).map((seat) => Number(seat.split('/').at(-1))),
    seed: run.seed,
    timeoutSeconds: run.timeoutSeconds,
    clean: run.clean,
    outputQuotaBytes: LIMITS.outputQuotaBytes,
    correlationId: run.correlationId,
  };
}
