import type { AttemptRef } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { notFound } from '../platform/http/problem.js';
import { OwnedRunsRepository } from './owned-runs.repository.js';
import type { RunRecord } from './run-view.js';

/** A run of its owner; another's run is not found. */
@Injectable()
export class OwnedRuns {
  constructor(private readonly runs: OwnedRunsRepository) {}

  async get(ownerId: string, id: string): Promise<RunRecord> {
    const run = await this.runs.get(ownerId, id);
    if (!run) throw notFound('run');
    return run;
  }

  /** Of a run that is of this project. */
  async inProject(ownerId: string, projectId: string, id: string): Promise<RunRecord> {
    const run = await this.get(ownerId, id);
    if (run.projectId !== projectId) throw notFound('run', `The project has no run ${id}.`);
    return run;
  }

  /** Attempt `n` of the run, or its present one. */
  async attempt(ownerId: string, id: string, n: number | undefined): Promise<{ run: RunRecord; ref: AttemptRef }> {
    const run = await this.get(ownerId, id);
    if (n !== undefined && n > run.attempt) throw notFound('attempt');
    return { run, ref: { runId: run.id, attempt: n ?? run.attempt } };
  }
}
