import { type AttemptRef, type HelloReply, ON_MACHINE_STATES, type StopRequest } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { DeliveriesService } from '../../machines/queue/deliveries.service.js';
import { logger } from '../../platform/logging/logger.js';
import { OutputIngest } from '../../results/output/output-ingest.service.js';
import { currentAttempt, type RunRecord } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { AttemptEndings } from './attempt-endings.service.js';

/** A heartbeat that comes so long after the first that did not name a run says that its worker has lost it. */
const UNNAMED_MS = 3_000;

/** Compares the attempts that a machine says it has with those that the database says are on it. */
@Injectable()
export class MachineJournals {
  /** Runs of each machine that its heartbeats do not name, since when. */
  private readonly unnamed = new Map<string, ReadonlyMap<string, number>>();

  constructor(
    private readonly runs: RunsRepository,
    private readonly output: OutputIngest,
    private readonly endings: AttemptEndings,
    private readonly deliveries: DeliveriesService,
  ) {}

  /** Settles with a worker that (re)connects what becomes of each attempt that either side knows of. */
  async settle(machineId: string, journal: readonly AttemptRef[]): Promise<HelloReply['attempts']> {
    const active = new Map((await this.runs.activeOn(machineId)).map((run) => [run.id, run]));
    const attempts: HelloReply['attempts'] = [];
    const journaled = new Set<string>();
    for (const ref of journal) {
      const run = active.get(ref.runId);
      const goesOn = run !== undefined && run.attempt === ref.attempt && ON_MACHINE_STATES.includes(run.state);
      if (goesOn) journaled.add(run.id);
      attempts.push({
        ...ref,
        verdict: goesOn ? 'continue' : 'discard',
        storedBytes: goesOn ? await this.output.storedBytes(ref) : 0,
        stop: goesOn && run.state === 'stopping' ? (run.stopReason ?? 'stopped') : null,
      });
    }
    for (const run of active.values())
      if (!journaled.has(run.id)) await this.settleUnknown(run, 'the worker came back without this run');
    return attempts;
  }

  /**
   * What a machine has to be told that has these attempts: stops that it may have missed, and copies to kill. `heardAt`:
   * when it said so, by the clock of `performance`.
   */
  async compare(
    machineId: string,
    reported: readonly AttemptRef[],
    heardAt: number,
  ): Promise<{ stops: StopRequest[]; discards: AttemptRef[] }> {
    const active = await this.runs.heldBy(machineId);
    const stops: StopRequest[] = [];
    const discards: AttemptRef[] = [];
    for (const ref of reported) {
      const known = active.some((run) => run.id === ref.runId && run.attempt === ref.attempt);
      if (!known && (await this.wasGivenUp(ref))) discards.push(ref);
    }
    for (const run of active)
      if (run.state === 'stopping')
        stops.push({ runId: run.id, attempt: run.attempt, reason: run.stopReason ?? 'stopped' });
    const named = new Set(reported.map(({ runId }) => runId));
    await this.missing(
      machineId,
      active.filter(({ id }) => !named.has(id)),
      heardAt,
    );
    return { stops, discards };
  }

  /**
   * Settles what the machine does not name. What it has claimed may be younger than its word; what is said to run goes
   * only when later words do not name it either, as when a power cut left a journal that cannot be read.
   */
  private async missing(machineId: string, runs: readonly RunRecord[], heardAt: number): Promise<void> {
    const before = this.unnamed.get(machineId);
    const unnamed = new Map<string, number>();
    for (const run of runs) {
      const since = before?.get(run.id) ?? performance.now();
      const isGone = run.state === 'preparing' || heardAt - since >= UNNAMED_MS;
      if (isGone) await this.settleUnknown(run, 'the worker does not have this run any more');
      else unnamed.set(run.id, since);
    }
    if (unnamed.size > 0) this.unnamed.set(machineId, unnamed);
    else this.unnamed.delete(machineId);
  }

  /** What ended otherwise, its machine ended itself and is about to forget. */
  private async wasGivenUp({ runId, attempt }: AttemptRef): Promise<boolean> {
    const run = await this.runs.get(runId);
    return run === null || run.attempts[attempt - 1]?.state === 'lost';
  }

  /** The machine does not know of a run that is on it. */
  private async settleUnknown(run: RunRecord, reason: string): Promise<void> {
    if (run.state === 'running') return this.endings.lose(run, reason);
    // Claimed, but never in the journal, so never started: a stop is done, and else it is delivered again.
    if (run.state === 'stopping') {
      return currentAttempt(run).startedAt ? this.endings.lose(run, reason) : this.endings.stopUnstarted(run);
    }
    if (run.state === 'preparing') await this.deliverAgain(run);
  }

  /** Without Redis it is tried again with a later heartbeat; a delivery too many is settled by the worker. */
  private async deliverAgain(run: RunRecord): Promise<void> {
    const ref = { runId: run.id, attempt: run.attempt };
    await this.deliveries
      .deliver(run)
      .catch((error: unknown) => logger.debug({ err: error, ...ref }, 'an attempt is not delivered again yet'));
  }
}
