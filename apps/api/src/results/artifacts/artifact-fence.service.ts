import type { ArtifactEntry, AttemptRef } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { isOn, type RunRecord } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { LeftoversRepository } from '../leftovers/leftovers.repository.js';

/**
 * Which machine may store artifacts of an attempt: the one that has it, and after its end the one that a person asked
 * to keep what the run left.
 */
@Injectable()
export class ArtifactFence {
  constructor(
    private readonly runs: RunsRepository,
    private readonly leftovers: LeftoversRepository,
  ) {}

  /** The run, when the machine may store these artifacts of its attempt. */
  async runOf(machineId: string, ref: AttemptRef, items: ArtifactEntry[] = []): Promise<RunRecord | null> {
    const run = await this.runs.get(ref.runId);
    if (run === null || isOn(run, ref, machineId)) return run;
    const kept = items.every(({ origin }) => origin === 'kept') && (await this.leftovers.mayKeep(ref, machineId));
    return kept ? run : null;
  }
}
