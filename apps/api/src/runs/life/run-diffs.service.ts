import type { RunDiff } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { KnobsService } from '../../projects/knobs/knobs.service.js';
import { OwnedRuns } from '../../run-records/owned-runs.service.js';
import { NOT_WAITING, type RunRecord, runView } from '../../run-records/run-view.js';
import { programOf } from './run-comparison.service.js';

/** Compares two runs of one owner, whichever they are. */
@Injectable()
export class RunDiffs {
  constructor(
    private readonly owned: OwnedRuns,
    private readonly knobs: KnobsService,
  ) {}

  /** @throws ProblemError 404 where one of them is not there */
  async between(ownerId: string, a: string, b: string): Promise<RunDiff> {
    const [first, second] = await Promise.all([this.owned.get(ownerId, a), this.owned.get(ownerId, b)]);
    const difference = await this.knobs.diff(programOf(first), programOf(second));
    return { ...difference, outcome: { a: outcomeOf(first), b: outcomeOf(second) } };
  }
}

function outcomeOf(run: RunRecord): RunDiff['outcome']['a'] {
  const { number, state, exitCode, signal, reason, machineName, durationMs, metrics, finals } = runView(
    run,
    NOT_WAITING,
  );
  return { number, state, exitCode, signal, reason, machineName, durationMs, metrics, finals };
}
