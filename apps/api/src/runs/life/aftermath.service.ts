import type { AttemptRef } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { Meters } from '../../platform/meters/meters.js';
import { QuotasService } from '../../platform/quotas/quotas.service.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { OutputIngest } from '../../results/output/output-ingest.service.js';
import { gpusWanted } from '../../run-records/gpu-seats.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { Dispatcher } from '../dispatch/dispatcher.service.js';
import { OwnLines } from '../dispatch/own-lines.service.js';
import { RunAnnouncer } from '../waiting/run-announcer.service.js';

/** What follows when a run gives up its slot or its place in line: everybody hears of it, and the next in line move up. */
@Injectable()
export class Aftermath {
  constructor(
    private readonly output: OutputIngest,
    private readonly announcer: RunAnnouncer,
    private readonly dispatcher: Dispatcher,
    private readonly ownLines: OwnLines,
    private readonly events: EventsService,
    private readonly meters: Meters,
    private readonly quotas: QuotasService,
  ) {}

  /** An attempt is over. No pool waits for a slot of a machine that is not `shared`. */
  ofAttempt(run: RunRecord, ref: AttemptRef, shared = true): void {
    this.meters.attemptEnded(run.attempts[ref.attempt - 1]?.state ?? run.state);
    this.output.close(ref);
    this.quotas
      .addRunBytes(run.ownerId, run.attempts[ref.attempt - 1]?.outputBytes ?? 0)
      .catch((error: unknown) => logger.debug({ err: error, ...ref }, 'what an attempt printed is counted later'));
    this.events.emit('attempt.ended', ref);
    this.announcer.announce(run);
    if (run.state === 'queued') this.announcer.linesOfRunMoved(run);
    if (shared || run.targetPoolId) void this.dispatcher.wake();
    if (gpusWanted(run.needs) > 0) {
      this.ownLines
        .deliver()
        .catch((error: unknown) => logger.debug({ err: error }, 'runs that wait for GPUs wait for the reconciler'));
    }
  }

  /** A run that waited was stopped: its slot, if one was kept for it, and its place in line are free. */
  ofWaiting(run: RunRecord): void {
    this.events.emit('attempt.ended', { runId: run.id, attempt: run.attempt });
    this.announcer.announce(run);
    this.announcer.linesOfRunMoved(run);
    void this.dispatcher.wake();
  }
}
