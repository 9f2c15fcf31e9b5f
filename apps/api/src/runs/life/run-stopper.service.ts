import { Injectable } from '@nestjs/common';
import { DeliveriesService } from '../../machines/queue/deliveries.service.js';
import { notFound } from '../../platform/http/problem.js';
import { EventsService } from '../../platform/signals/events.service.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { RunAnnouncer } from '../waiting/run-announcer.service.js';
import { Aftermath } from './aftermath.service.js';

/** Asks for the end of runs, as Ctrl-C would. */
@Injectable()
export class RunStopper {
  constructor(
    private readonly runs: RunsRepository,
    private readonly aftermath: Aftermath,
    private readonly announcer: RunAnnouncer,
    private readonly deliveries: DeliveriesService,
    private readonly events: EventsService,
  ) {}

  /** A run that waits ends at once; one that is over stays as it is. */
  async stop(run: RunRecord, reason: string): Promise<RunRecord> {
    const ref = { runId: run.id, attempt: run.attempt };
    const waiting = await this.runs.transition(ref, ['queued', 'assigned'], ['stopped'], {
      change: { reason },
      stopReason: reason,
    });
    if (waiting) {
      if (waiting.machineId) await this.deliveries.withdraw(waiting.machineId, ref).catch(() => undefined);
      this.aftermath.ofWaiting(waiting);
      return waiting;
    }
    const stopping = await this.runs.transition(ref, ['preparing', 'running'], ['stopping'], { stopReason: reason });
    const now = stopping ?? (await this.runs.get(run.id));
    if (!now) throw notFound('run');
    // A new attempt began meanwhile: it is that one which shall end.
    if (now.attempt > run.attempt) return this.stop(now, reason);
    // Asked again, the machine is told again: a stop must not be lost with a connection.
    if (now.state === 'stopping' && now.machineId) this.events.emit('machine.stop', now.machineId, { ...ref, reason });
    if (stopping) this.announcer.announce(stopping);
    return now;
  }
}
