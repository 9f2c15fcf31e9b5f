import { Injectable } from '@nestjs/common';
import { MachinesRepository } from '../machines/machines.repository.js';
import { NOT_WAITING, runView, type RunRecord, type Waiting } from './run-view.js';
import { RunsRepository } from './runs.repository.js';
import type { RunView } from '@mle/protocol';

/** Says of waiting runs why they wait, and which place they have. */
@Injectable()
export class WaitingService {
  constructor(
    private readonly runs: RunsRepository,
    private readonly machines: MachinesRepository,
  ) {}

  async view(run: RunRecord): Promise<RunView> {
    return runView(run, await this.waiting(run));
  }

  private async waiting(run: RunRecord): Promise<Waiting> {
    if ((run.state !== 'queued' && run.state !== 'assigned') || !run.machineId) return NOT_WAITING;
    const [machine, before] = await Promise.all([this.machines.get(run.machineId), this.runs.waitingBefore(run)]);
    const place = before + 1;
    if (!machine) return { place, waitReason: 'Its machine was removed. Stop the run and choose another machine.' };
    if (run.notBefore && run.notBefore > new Date()) return { place, waitReason: `The next attempt begins at ${run.notBefore.toISOString()}.` };
    if (!machine.online) return { place, waitReason: `${machine.name} is offline. The run starts when it is back.` };
    if (machine.draining) return { place, waitReason: `${machine.name} takes no new runs while it is drained.` };
    return { place, waitReason: before === 0 ? `It is next on ${machine.name}.` : `${before} ${before === 1 ? 'run is' : 'runs are'} before it on ${machine.name}.` };
  }
}
