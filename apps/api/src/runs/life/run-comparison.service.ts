import { Injectable } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { describeChanges, type RunFacts } from '../../projects/knobs/changes/describe-changes.js';
import { KnobsService } from '../../projects/knobs/knobs.service.js';
import type { ComparedRun } from '../../projects/knobs/knobs-questions.js';
import { RunComparisonsRepository } from '../../run-records/run-comparisons.repository.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { RunAnnouncer } from '../waiting/run-announcer.service.js';

/** Notes which run came before a run, in what the two differ, and the knobs of its program. */
@Injectable()
export class RunComparison {
  constructor(
    private readonly comparisons: RunComparisonsRepository,
    private readonly knobs: KnobsService,
    private readonly announcer: RunAnnouncer,
  ) {}

  /**
   * Fixed at the first start: whatever ends later changes nothing of it. Answers the run as it is now; its program is
   * read after that.
   */
  async fix(run: RunRecord): Promise<RunRecord> {
    if (run.before !== undefined) return run;
    try {
      const before = run.file === null ? null : await this.comparisons.lastEnded(run.projectId, run.file);
      const noted = before
        ? { before: { id: before.id, number: before.number }, changes: atFirstSight(before, run) }
        : { before: null, changes: [] };
      const fixed = await this.comparisons.note(run.id, noted);
      if (fixed) void this.describe(before, fixed);
      return fixed ?? run;
    } catch (error) {
      // The run goes on without it.
      logger.warn({ err: error, runId: run.id }, 'the run before this one was not noted');
      return run;
    }
  }

  private async describe(before: RunRecord | null, run: RunRecord): Promise<void> {
    try {
      const described = await this.comparisons.describe(
        run.id,
        await this.knobs.compare(before && programOf(before), programOf(run)),
      );
      if (described) this.announcer.announce(described);
    } catch (error) {
      logger.warn({ err: error, runId: run.id }, 'the program of a run was not compared with the run before');
    }
  }
}

export const programOf = (run: RunRecord): ComparedRun => ({ ...run, set: run.given?.set ?? [] });

/** Without a look into the code: it counts as a whole, by its snapshot. */
function atFirstSight(before: RunRecord, after: RunRecord): ReturnType<typeof describeChanges> {
  const facts = ({ file, params, args, seed, snapshotId }: RunRecord): RunFacts => ({
    file,
    params,
    args,
    seed,
    knobs: {},
    files: [{ path: 'code', sha256: snapshotId }],
  });
  return describeChanges(facts(before), facts(after), new Map());
}
