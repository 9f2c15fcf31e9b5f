import {
  type AttemptProgress,
  type AttemptRef,
  type AttemptReply,
  type AttemptRunning,
  type ClaimReply,
  DEFAULT_PROJECT_SETTINGS,
  LIMITS,
  type RunSpec,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { Meters } from '../../platform/meters/meters.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { OutputIngest } from '../../results/output/output-ingest.service.js';
import { currentAttempt, isOn, type RunRecord, sentSnapshot } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { ClaimTurns } from '../dispatch/claim-turns.service.js';
import { RunAnnouncer } from '../waiting/run-announcer.service.js';
import { AttemptEndings } from './attempt-endings.service.js';
import type { ClaimingMachine } from './claiming-machine.js';
import { RunComparison } from './run-comparison.service.js';

/** The beginning of attempts, as their machine drives it: claimed, then running. */
@Injectable()
export class AttemptClaims {
  constructor(
    private readonly runs: RunsRepository,
    private readonly turns: ClaimTurns,
    private readonly endings: AttemptEndings,
    private readonly output: OutputIngest,
    private readonly comparison: RunComparison,
    private readonly announcer: RunAnnouncer,
    private readonly events: EventsService,
    private readonly meters: Meters,
  ) {}

  /**
   * Wins the attempt for the machine: from here on nobody else may start it. The winner may ask again,
   * because it starts nothing before its journal has the attempt, and asks for no attempt that is in it.
   */
  async claim(machine: ClaimingMachine, ref: AttemptRef): Promise<ClaimReply> {
    const turn = machine.shared ? await this.turns.take(machine.id, ref) : { gpus: [] };
    if (typeof turn === 'string') return gone(`It is not the run's turn: ${turn}. The delivery comes again.`);
    const on = { machineId: machine.id, change: { machineId: machine.id, machineName: machine.name } };
    const placement = { machineId: machine.id, machineName: machine.name, gpus: turn.gpus };
    const own = await this.runs.assign(ref, placement, ['assigned', 'preparing'], on);
    if (own === 'taken') return gone('Another run was given the GPUs. The delivery comes again.');
    const won = own ?? (await this.runs.transition(ref, ['assigned'], ['preparing'], on));
    if (won) {
      this.meters.attemptTaken(Date.now() - (won.notBefore ?? currentAttempt(won).createdAt).getTime());
      this.output.open(ref, machine.id);
      this.announcer.announce(won);
      this.announcer.lineMoved({ machineId: machine.id });
      return { ok: true, spec: runSpec(won) };
    }
    const run = await this.runs.get(ref.runId);
    const here = run !== null && isOn(run, ref, machine.id);
    if (here && run.state === 'preparing') return { ok: true, spec: runSpec(run) };
    // Stopped before the machine heard that it had won: it starts nothing, and nobody else would end the run.
    if (here && run.state === 'stopping') await this.endings.stopUnstarted(run);
    return gone('The run is over, or on another machine.');
  }

  /** Tells the owner how far the machine is on the way to the start. */
  async progress(machineId: string, progress: AttemptProgress): Promise<void> {
    const run = await this.runs.get(progress.runId);
    if (!run || currentAttempt(run).machineId !== machineId) return;
    this.events.publish('run.progress', { userId: run.ownerId }, progress);
  }

  async running(machineId: string, { runId, attempt }: AttemptRunning): Promise<AttemptReply> {
    const ref = { runId, attempt };
    // Stamped here: the machine's clock may be another, and the end is stamped here too.
    const run = await this.runs.transition(ref, ['preparing'], ['running'], {
      machineId,
      change: { startedAt: new Date() },
    });
    if (run) {
      this.announcer.announce(await this.comparison.fix(run));
      return { ok: true };
    }
    const now = await this.runs.get(ref.runId);
    // A stop may have come first; the notice may come twice.
    return now && isOn(now, ref, machineId) ? { ok: true } : { ok: false, code: 'superseded' };
  }
}

const gone = (message: string): ClaimReply => ({ ok: false, code: 'gone', message });

/** The next one waits for the end of the one before while a hand turns. */
const DIAL_GRACE_MS = 200;

function runSpec(run: RunRecord): RunSpec {
  return {
    runId: run.id,
    attempt: run.attempt,
    number: run.number,
    ownerId: run.ownerId,
    projectId: run.projectId,
    projectName: run.projectName,
    snapshotId: sentSnapshot(run),
    snapshotBytes: run.snapshotBytes,
    file: run.file,
    command: run.command,
    args: [...(run.given?.args ?? []), ...run.args],
    params: run.given?.env ?? run.params,
    set: run.given?.set ?? [],
    settings: run.settings ?? DEFAULT_PROJECT_SETTINGS,
    env: run.env,
    gpus: (run.gpuSeats ?? []).map((seat) => Number(seat.split('/').at(-1))),
    seed: run.seed,
    timeoutSeconds: run.timeoutSeconds,
    clean: run.clean,
    stopGraceMs: run.role === 'dial' ? DIAL_GRACE_MS : null,
    outputQuotaBytes: LIMITS.outputQuotaBytes,
    correlationId: run.correlationId,
  };
}
