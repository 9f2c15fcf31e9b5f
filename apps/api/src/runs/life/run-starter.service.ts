import { createHash } from 'node:crypto';
import type { CreateRun, Rerun, RunView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { DeliveriesService } from '../../machines/queue/deliveries.service.js';
import { ProblemError } from '../../platform/http/problem.js';
import { correlationId } from '../../platform/logging/correlation.js';
import { logger } from '../../platform/logging/logger.js';
import { QuotasService } from '../../platform/quotas/quotas.service.js';
import { EventsService } from '../../platform/signals/events.service.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { RunAnnouncer } from '../waiting/run-announcer.service.js';
import { WaitingService } from '../waiting/waiting.service.js';
import { type RunDraft, RunDrafts } from './run-drafts.service.js';

/** A key under which a request may be repeated, and what was asked for under it. */
interface Repeatable {
  idempotencyKey: string;
  requestHash: string;
}

/** Makes runs and sends them on their way. */
@Injectable()
export class RunStarter {
  constructor(
    private readonly runs: RunsRepository,
    private readonly drafts: RunDrafts,
    private readonly deliveries: DeliveriesService,
    private readonly waiting: WaitingService,
    private readonly announcer: RunAnnouncer,
    private readonly events: EventsService,
    private readonly quotas: QuotasService,
  ) {}

  /** Repeated with the same key it answers the run that the first request made. */
  create(ownerId: string, request: CreateRun, idempotencyKey: string | null): Promise<RunView> {
    return this.once(ownerId, idempotencyKey, request, () => this.drafts.ofRequest(ownerId, request));
  }

  /** The same request once more, with its snapshot or with the project's files as they are now. */
  rerun(run: RunRecord, request: Rerun, idempotencyKey: string | null): Promise<RunView> {
    return this.once(run.ownerId, idempotencyKey, { rerun: run.id, ...request }, () => this.drafts.again(run, request));
  }

  /** A run of a sweep; null where the sweep has one in that place. */
  async trial(ownerId: string, draft: () => Promise<RunDraft>): Promise<RunView | null> {
    const run = await this.counted(ownerId, async () => this.runs.create({ ...(await draft()), correlationId: null }));
    return run && this.send(run);
  }

  /**
   * Stores the run and delivers it. A crash in between loses nothing: the reconciler delivers what is stored, and the
   * number of a request that failed is a gap.
   */
  private async once(
    ownerId: string,
    idempotencyKey: string | null,
    request: unknown,
    draft: () => Promise<RunDraft>,
  ): Promise<RunView> {
    const key =
      idempotencyKey === null
        ? null
        : { idempotencyKey, requestHash: createHash('sha256').update(JSON.stringify(request)).digest('hex') };
    const earlier = key && (await this.repeated(ownerId, key));
    if (earlier) return earlier;
    const run = await this.counted(ownerId, async () =>
      this.runs.create({ ...(await draft()), correlationId: correlationId(), ...key }),
    );
    // The same key came twice at once, and the other request was first; the run may even be deleted by now.
    if (!run) return (key && (await this.repeated(ownerId, key))) ?? this.once(ownerId, idempotencyKey, request, draft);
    return this.send(run);
  }

  private async send(run: RunRecord): Promise<RunView> {
    const delivered = this.deliveries
      .deliver(run)
      .catch((error: unknown) =>
        logger.warn({ err: error, runId: run.id }, 'Redis did not take the delivery; it is repeated from the database'),
      );
    this.announcer.linesOfRunMoved(run);
    const [view] = await Promise.all([this.waiting.view(run), delivered]);
    this.events.publish('run.changed', { userId: run.ownerId }, view);
    return view;
  }

  /** Makes a run, if the owner may keep one more. */
  private async counted(ownerId: string, make: () => Promise<RunRecord | null>): Promise<RunRecord | null> {
    await this.quotas.takeRun(ownerId);
    let run: RunRecord | null = null;
    try {
      run = await make();
    } finally {
      if (run === null) await this.quotas.giveRunBack(ownerId);
    }
    return run;
  }

  private async repeated(ownerId: string, { idempotencyKey, requestHash }: Repeatable): Promise<RunView | null> {
    const run = await this.runs.byIdempotencyKey(ownerId, idempotencyKey);
    if (!run) return null;
    if (run.requestHash !== requestHash)
      throw new ProblemError(
        422,
        'idempotency.reused',
        'This Idempotency-Key came with another request before. Use a new key for a new run.',
      );
    return this.waiting.view(run);
  }
}
