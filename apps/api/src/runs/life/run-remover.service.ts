import { isTerminal, ON_MACHINE_STATES } from '@mle/protocol';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { conflict } from '../../platform/http/problem.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { RunHooks } from '../../run-records/run-hooks.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { RunStopper } from './run-stopper.service.js';

const PROJECT_DELETED = 'its project was deleted';

/** Removes runs with all that they left: one that has ended, or all of a project. */
@Injectable()
export class RunRemover implements OnModuleInit {
  constructor(
    private readonly runs: RunsRepository,
    private readonly hooks: RunHooks,
    private readonly stopper: RunStopper,
    private readonly events: EventsService,
    private readonly projects: ProjectsService,
  ) {}

  onModuleInit(): void {
    this.projects.onDelete.add((projectId) => this.removeOfProject(projectId));
  }

  /** @throws ProblemError 409 while the run is active. */
  async remove({ id, number, state, ownerId, projectId }: RunRecord): Promise<void> {
    if (!isTerminal(state)) throw conflict('run.active', `Run ${number} is ${state}. Stop it before you delete it.`);
    await this.hooks.onDelete.run(id);
    await this.runs.remove(ownerId, id);
    this.events.publish('run.deleted', { userId: ownerId }, { id, projectId });
  }

  private async removeOfProject(projectId: string): Promise<void> {
    const runs = await this.runs.ofProject(projectId);
    for (const run of runs) {
      if (!isTerminal(run.state)) await this.stopper.stop(run, PROJECT_DELETED);
      await this.hooks.onDelete.run(run.id);
      if (ON_MACHINE_STATES.includes(run.state) && run.machineId) {
        const request = { runId: run.id, attempt: run.attempt, reason: PROJECT_DELETED };
        this.events.emit('machine.stop', run.machineId, request);
      }
    }
    await this.runs.removeOfProject(projectId);
    for (const run of runs) {
      if (isTerminal(run.state)) continue;
      // Its machine may have written until this moment.
      this.events.emit('attempt.ended', { runId: run.id, attempt: run.attempt });
      await this.hooks.onDelete.run(run.id);
    }
    for (const run of runs) this.events.publish('run.deleted', { userId: run.ownerId }, { id: run.id, projectId });
  }
}
