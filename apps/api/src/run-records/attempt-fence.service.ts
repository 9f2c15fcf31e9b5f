import type { AttemptRef } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { isOn } from './run-view.js';
import { RunsRepository } from './runs.repository.js';

/** Which machine may write to an attempt: the one that has it, while it is the present one of its run. */
@Injectable()
export class AttemptFence {
  constructor(private readonly runs: RunsRepository) {}

  async mayWrite(machineId: string, ref: AttemptRef): Promise<boolean> {
    const run = await this.runs.get(ref.runId);
    return run !== null && isOn(run, ref, machineId);
  }
}
