import { isTerminal } from '@mle/protocol';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { conflict, ProblemError } from '../../platform/http/problem.js';
import { QuotasService } from '../../platform/quotas/quotas.service.js';
import { UsageReckoner } from '../../platform/quotas/usage-reckoner.service.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { ProjectRemover } from '../../projects/project-remover.service.js';
import { OwnedRunsRepository } from '../../run-records/owned-runs.repository.js';
import { RunHooks } from '../../run-records/run-hooks.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { RunStopper } from './run-stopper.service.js';

const PROJECT_DELETED = 'its project was deleted';
/** Each of these is told to its machine, and those behind it in line move up. */
const ACTIVE_AT_ONCE = 20;
const ENDED_AT_ONCE = 200;

/** Removes runs with all that they left: one that has ended, or all of a project. */
@Injectable()
export class RunRemover implements OnModuleInit {
  constructor(
    private readonly runs: RunsRepository,
    private readonly owned: OwnedRunsRepository,
    private readonly hooks: RunHooks,
    private readonly stopper: RunStopper,
    private readonly events: EventsService,
    private readonly projects: ProjectRemover,
    private readonly quotas: QuotasService,
    private readonly reckoner: UsageReckoner,
  ) {}

  onModuleInit(): void {
    this.projects.add((projectId) => this.removeSomeOf(projectId));
  }

  /** @throws ProblemError 409 while the run is active. */
  async remove({ id, number, state, ownerId, projectId }: RunRecord): Promise<void> {
    if (!isTerminal(state)) throw conflict('run.active', `Run ${number} is ${state}. Stop it before you delete it.`);
    await this.hooks.onDelete.run([id]);
    if (await this.owned.remove(ownerId, id)) await this.quotas.giveRunBack(ownerId);
    this.reckoner.ask(ownerId);
    this.events.publish('run.deleted', { userId: ownerId }, { id, projectId });
  }

  /** First those that go on, as long as there are any; answers whether there was something to remove. */
  private async removeSomeOf(projectId: string): Promise<boolean> {
    const active = await this.runs.someActiveOf(projectId, ACTIVE_AT_ONCE);
    if (active.length > 0) await this.removeActive(active);
    const ended = active.length > 0 ? [] : await this.runs.someOf(projectId, ENDED_AT_ONCE);
    if (ended.length > 0) await this.removeRecords(ended);
    for (const { id, ownerId } of [...active, ...ended])
      this.events.publish('run.deleted', { userId: ownerId }, { id, projectId });
    for (const ownerId of new Set([...active, ...ended].map((run) => run.ownerId))) this.reckoner.ask(ownerId);
    return active.length + ended.length > 0;
  }

  private async removeActive(runs: readonly RunRecord[]): Promise<void> {
    const stopped = await Promise.all(
      runs.map((run) => this.stopper.stop(run, PROJECT_DELETED).catch(unlessGone(run))),
    );
    await this.removeRecords(runs);
    // Their machines may have written until this moment.
    for (const { id, attempt } of stopped) this.events.emit('attempt.ended', { runId: id, attempt });
    await this.hooks.onDelete.run(runs.map(({ id }) => id));
  }

  private async removeRecords(runs: readonly Pick<RunRecord, 'id'>[]): Promise<void> {
    const ids = runs.map(({ id }) => id);
    await this.hooks.onDelete.run(ids);
    await this.runs.removeAll(ids);
  }
}

/** Another replica removes runs of the same project. */
const unlessGone =
  (run: RunRecord) =>
  (error: unknown): RunRecord => {
    if (error instanceof ProblemError && error.status === 404) return run;
    throw error;
  };
