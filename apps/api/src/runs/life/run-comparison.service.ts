import { Injectable } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { RunComparisonsRepository } from '../../run-records/run-comparisons.repository.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { changesBetween } from './run-changes.js';

/** Notes which run came before a run, and in what the two differ. */
@Injectable()
export class RunComparison {
  constructor(private readonly comparisons: RunComparisonsRepository) {}

  /** Fixed at the first start: whatever ends later changes nothing of it. Answers the run as it is now. */
  async fix(run: RunRecord): Promise<RunRecord> {
    if (run.before !== undefined) return run;
    try {
      const before = run.file === null ? null : await this.comparisons.lastEnded(run.projectId, run.file);
      const noted = before
        ? { before: { id: before.id, number: before.number }, changes: changesBetween(before, run) }
        : { before: null, changes: [] };
      return (await this.comparisons.note(run.id, noted)) ?? run;
    } catch (error) {
      // The run goes on without it.
      logger.warn({ err: error, runId: run.id }, 'the run before this one was not noted');
      return run;
    }
  }
}
