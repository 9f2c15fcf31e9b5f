import { Injectable } from '@nestjs/common';
import { ProblemError } from '../../platform/http/problem.js';
import { OwnedRunsRepository } from '../../run-records/owned-runs.repository.js';
import { RunRemover } from './run-remover.service.js';

const KEPT = 10;

/** Runs while a knob is turned: each is a short look, and the last few of a file are kept. */
@Injectable()
export class DialRuns {
  constructor(
    private readonly runs: OwnedRunsRepository,
    private readonly remover: RunRemover,
  ) {}

  /** Removes those beyond the last ones; one that still goes on is removed after a later one. */
  async trim(ownerId: string, projectId: string, file: string | null): Promise<void> {
    for (const run of await this.runs.endedDialsBeyond(ownerId, projectId, file, KEPT)) {
      try {
        await this.remover.remove(run);
      } catch (error) {
        // Another request removes it.
        if (!(error instanceof ProblemError)) throw error;
      }
    }
  }
}
