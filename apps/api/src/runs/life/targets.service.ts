import type { Needs, Target } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { satisfies, takesRuns } from '../../machines/machine-fitness.js';
import { type MachineRecord, MachinesRepository } from '../../machines/machines.repository.js';
import { PoolsRepository } from '../../machines/pools/pools.repository.js';
import { conflict, notFound } from '../../platform/http/problem.js';

/** Where a run goes: to one machine, or to a pool whose dispatcher chooses one. */
export type ChosenTarget =
  | { targetMachineId: string; targetPoolId: null; machineId: string }
  | { targetMachineId: null; targetPoolId: string; machineId: null };

/** Chooses the machine or the pool of a run. */
@Injectable()
export class TargetsService {
  constructor(
    private readonly machines: MachinesRepository,
    private readonly pools: PoolsRepository,
  ) {}

  /** What was asked for, online or not; without a target this computer, else any machine that is online. */
  async choose(target: Target | undefined, needs: Needs | null | undefined): Promise<ChosenTarget> {
    if (target && 'poolId' in target) {
      if (!(await this.pools.get(target.poolId))) throw notFound('pool');
      return { targetMachineId: null, targetPoolId: target.poolId, machineId: null };
    }
    const { id } = target ? await this.machine(target.machineId, needs) : await this.anyMachine(needs);
    return { targetMachineId: id, targetPoolId: null, machineId: id };
  }

  private async machine(id: string, needs: Needs | null | undefined): Promise<MachineRecord> {
    const machine = await this.machines.get(id);
    if (!machine) throw notFound('machine');
    if (!satisfies(machine, needs))
      throw conflict('machine.unfit', `${machine.name} does not have what the run needs.`);
    return machine;
  }

  private async anyMachine(needs: Needs | null | undefined): Promise<MachineRecord> {
    const fit = (await this.machines.list()).filter((machine) => satisfies(machine, needs));
    const local = fit.find(({ provider }) => provider === 'local');
    const open = fit.filter(takesRuns);
    const chosen = open.find((machine) => machine === local) ?? open[0] ?? local ?? fit[0];
    if (!chosen)
      throw conflict(
        'machine.none',
        'No machine can take this run. Add a machine on the Machines page, or start the worker of this computer.',
      );
    return chosen;
  }
}
