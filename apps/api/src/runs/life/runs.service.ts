import {
  type CreateRun,
  type Page,
  type Rerun,
  type RunQuery,
  type RunView,
  type StoppedRuns,
  type UpdateRun,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { notFound, ProblemError } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { OwnedRunsRepository } from '../../run-records/owned-runs.repository.js';
import { OwnedRuns } from '../../run-records/owned-runs.service.js';
import { RunTable } from '../table/run-table.service.js';
import { WaitingService } from '../waiting/waiting.service.js';
import { DialRuns } from './dial-runs.service.js';
import { RunRemover } from './run-remover.service.js';
import { RunStarter } from './run-starter.service.js';
import { RunStopper } from './run-stopper.service.js';

const STOPPED_BY_USER = 'stopped by the user';

/** Runs as their owners ask for them. */
@Injectable()
export class RunsService {
  constructor(
    private readonly runs: OwnedRunsRepository,
    private readonly owned: OwnedRuns,
    private readonly table: RunTable,
    private readonly starter: RunStarter,
    private readonly stopper: RunStopper,
    private readonly remover: RunRemover,
    private readonly dials: DialRuns,
    private readonly waiting: WaitingService,
    private readonly events: EventsService,
  ) {}

  async create(ownerId: string, request: CreateRun, idempotencyKey: string | null): Promise<RunView> {
    const run = await this.starter.create(ownerId, request, idempotencyKey);
    if (run.role === 'dial') {
      this.dials
        .trim(ownerId, run.projectId, run.file)
        .catch((error: unknown) =>
          logger.warn({ err: error }, 'runs of the dial were not removed; a later one does it'),
        );
    }
    return run;
  }

  async list(ownerId: string, query: RunQuery): Promise<Page<RunView>> {
    const { items, nextCursor } = await this.table.list(ownerId, query);
    return { items: await this.waiting.views(items), nextCursor };
  }

  async get(ownerId: string, id: string): Promise<RunView> {
    return this.waiting.view(await this.owned.get(ownerId, id));
  }

  async change(ownerId: string, id: string, change: UpdateRun): Promise<RunView> {
    const run = await this.runs.change(ownerId, id, change);
    if (!run) throw notFound('run');
    const view = await this.waiting.view(run);
    this.events.publish('run.changed', { userId: ownerId }, view);
    return view;
  }

  /** Removes an ended run with its output and artifacts. */
  async remove(ownerId: string, id: string): Promise<void> {
    await this.remover.remove(await this.owned.get(ownerId, id));
  }

  async stop(ownerId: string, id: string): Promise<RunView> {
    return this.waiting.view(await this.stopper.stop(await this.owned.get(ownerId, id), STOPPED_BY_USER));
  }

  /** Stops many runs; one that cannot be stopped does not keep the others from it. */
  async stopMany(ownerId: string, ids: readonly string[]): Promise<StoppedRuns> {
    const items: StoppedRuns['items'] = [];
    for (const id of new Set(ids)) {
      try {
        items.push({ id, run: await this.stop(ownerId, id) });
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        const { status, code, detail } = error;
        items.push({ id, problem: { status, code, detail } });
      }
    }
    return { items };
  }

  async rerun(ownerId: string, id: string, request: Rerun, idempotencyKey: string | null): Promise<RunView> {
    return this.starter.rerun(await this.owned.get(ownerId, id), request, idempotencyKey);
  }
}
