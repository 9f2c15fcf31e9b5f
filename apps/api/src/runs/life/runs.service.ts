import {
  type CreateRun,
  isTerminal,
  ON_MACHINE_STATES,
  type Page,
  type Rerun,
  type RunQuery,
  type RunView,
  type StoppedRuns,
  type UpdateRun,
} from '@mle/protocol';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { conflict, notFound, ProblemError } from '../../platform/http/problem.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { ArtifactsRepository } from '../../results/artifacts/artifacts.repository.js';
import { LeftoversRepository } from '../../results/leftovers/leftovers.repository.js';
import { MetricsService } from '../../results/metrics/metrics.service.js';
import { OutputService } from '../../results/output/output.service.js';
import { ResourcesService } from '../../results/resources/resources.service.js';
import { OwnedRuns } from '../../run-records/owned-runs.service.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { WaitingService } from '../waiting/waiting.service.js';
import { RunStarter } from './run-starter.service.js';
import { RunStopper } from './run-stopper.service.js';

const STOPPED_BY_USER = 'stopped by the user';

/** Runs as their owners ask for them. */
@Injectable()
export class RunsService implements OnModuleInit {
  constructor(
    private readonly runs: RunsRepository,
    private readonly owned: OwnedRuns,
    private readonly starter: RunStarter,
    private readonly stopper: RunStopper,
    private readonly waiting: WaitingService,
    private readonly projects: ProjectsService,
    private readonly output: OutputService,
    private readonly metrics: MetricsService,
    private readonly artifacts: ArtifactsRepository,
    private readonly leftovers: LeftoversRepository,
    private readonly resources: ResourcesService,
    private readonly events: EventsService,
  ) {}

  onModuleInit(): void {
    this.projects.onDelete.add((projectId) => this.removeOfProject(projectId));
  }

  create(ownerId: string, request: CreateRun, idempotencyKey: string | null): Promise<RunView> {
    return this.starter.create(ownerId, request, idempotencyKey);
  }

  async list(ownerId: string, query: RunQuery): Promise<Page<RunView>> {
    const { items, nextCursor } = await this.runs.list(ownerId, query);
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
    const run = await this.owned.get(ownerId, id);
    if (!isTerminal(run.state))
      throw conflict('run.active', `Run ${run.number} is ${run.state}. Stop it before you delete it.`);
    await this.removeTraces(id);
    await this.runs.remove(ownerId, id);
    this.events.publish('run.deleted', { userId: ownerId }, { id, projectId: run.projectId });
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

  private async removeTraces(runId: string): Promise<void> {
    await this.metrics.removeRun(runId);
    await Promise.all([
      this.resources.removeRun(runId),
      this.output.removeRun(runId),
      this.artifacts.removeRun(runId),
      this.leftovers.removeRun(runId),
    ]);
  }

  private async removeOfProject(projectId: string): Promise<void> {
    const runs = await this.runs.ofProject(projectId);
    for (const run of runs) {
      if (!isTerminal(run.state)) await this.stopper.stop(run, 'its project was deleted');
      await this.removeTraces(run.id);
      if (ON_MACHINE_STATES.includes(run.state) && run.machineId)
        this.events.emit('machine.stop', run.machineId, {
          runId: run.id,
          attempt: run.attempt,
          reason: 'its project was deleted',
        });
    }
    await this.runs.removeOfProject(projectId);
    for (const run of runs) {
      if (isTerminal(run.state)) continue;
      // Its machine may have written until this moment.
      this.events.emit('attempt.ended', { runId: run.id, attempt: run.attempt });
      await this.removeTraces(run.id);
    }
    for (const run of runs) this.events.publish('run.deleted', { userId: run.ownerId }, { id: run.id, projectId });
  }
}
