import { Injectable } from '@nestjs/common';
import { MachinesRepository } from '../../machines/machines.repository.js';
import { MachinesService } from '../../machines/machines.service.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { RunStopper } from '../../runs/life/run-stopper.service.js';

/** The runs of the machine that an instance became, and whether it takes any. */
@Injectable()
export class InstanceRuns {
  constructor(
    private readonly machines: MachinesRepository,
    private readonly settings: MachinesService,
    private readonly runs: RunsRepository,
    private readonly stopper: RunStopper,
  ) {}

  /** Whether a run is on it or waits for it alone. */
  async busy(instanceId: string): Promise<boolean> {
    return (await this.all(instanceId)).length > 0;
  }

  /** Ends the runs that it has begun; those that wait for it go on waiting. */
  async stopHeld(instanceId: string, reason: string): Promise<void> {
    const waiting = ['queued', 'assigned'];
    for (const run of await this.all(instanceId))
      if (!waiting.includes(run.state)) await this.stopper.stop(run, reason);
  }

  /** Ends all its runs; one of a pool that it has not begun goes to another machine. */
  async stopAll(instanceId: string, reason: string): Promise<void> {
    for (const run of await this.all(instanceId)) {
      if (run.state !== 'assigned' || run.targetPoolId === null) await this.stopper.stop(run, reason);
    }
  }

  async keepOut(instanceId: string): Promise<void> {
    await this.drain(instanceId, true);
  }

  async letIn(instanceId: string): Promise<void> {
    await this.drain(instanceId, false);
  }

  private async drain(instanceId: string, drain: boolean): Promise<void> {
    const [machine] = await this.machines.ofInstances([instanceId]);
    if (machine && machine.draining !== drain) await this.settings.change(machine.id, { drain });
  }

  private async all(instanceId: string): Promise<RunRecord[]> {
    const [machine] = await this.machines.ofInstances([instanceId]);
    return machine ? this.runs.activeOn(machine.id) : [];
  }
}
