import type { Needs, Target } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { UsersService } from '../../accounts/users/users.service.js';
import { satisfies, takesMembers, takesRuns } from '../../machines/machine-fitness.js';
import { type MachineRecord, MachinesRepository } from '../../machines/machines.repository.js';
import { PoolsRepository } from '../../machines/pools/pools.repository.js';
import { conflict, forbidden, notFound } from '../../platform/http/problem.js';

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
    private readonly users: UsersService,
  ) {}

  /** What was asked for, online or not; without a target this computer, else any machine that is online. */
  async choose(ownerId: string, target: Target | undefined, needs: Needs | null | undefined): Promise<ChosenTarget> {
    if (target && 'poolId' in target) {
      if (!(await this.pools.get(target.poolId))) throw notFound('pool');
      return { targetMachineId: null, targetPoolId: target.poolId, machineId: null };
    }
    const { id } = target
      ? await this.machine(ownerId, target.machineId, needs)
      : await this.anyMachine(ownerId, needs);
    return { targetMachineId: id, targetPoolId: null, machineId: id };
  }

  /** Machines on which a run could be now, if one of their slots is free. */
  async open(ownerId: string, target: Target | null, needs: Needs | null): Promise<MachineRecord[]> {
    const able = (await this.machines.list()).filter(
      (machine) => takesRuns(machine) && satisfies(machine, needs) && isMeant(machine, target),
    );
    const allowed = await Promise.all(able.map((machine) => this.mayUse(ownerId, machine)));
    return able.filter((_machine, at) => allowed[at]);
  }

  private async machine(ownerId: string, id: string, needs: Needs | null | undefined): Promise<MachineRecord> {
    const machine = await this.machines.get(id);
    if (!machine) throw notFound('machine');
    if (!satisfies(machine, needs))
      throw conflict('machine.unfit', `${machine.name} does not have what the run needs.`);
    if (!(await this.mayUse(ownerId, machine))) throw forbidden('machine.not_for_members', notForMembers(machine.name));
    return machine;
  }

  private async mayUse(ownerId: string, machine: MachineRecord): Promise<boolean> {
    return takesMembers(machine) || (await this.users.byId(ownerId))?.role === 'admin';
  }

  private async anyMachine(ownerId: string, needs: Needs | null | undefined): Promise<MachineRecord> {
    const able = (await this.machines.list()).filter((machine) => satisfies(machine, needs));
    const allowed = await Promise.all(able.map((machine) => this.mayUse(ownerId, machine)));
    const fit = able.filter((_machine, at) => allowed[at]);
    const [closed] = able;
    if (fit.length === 0 && closed) throw forbidden('machine.not_for_members', notForMembers(closed.name));
    const local = fit.find(({ provider, instanceId }) => provider === 'local' && instanceId === undefined);
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

function isMeant({ id, poolIds }: MachineRecord, target: Target | null): boolean {
  if (target === null) return true;
  return 'machineId' in target ? id === target.machineId : poolIds.includes(target.poolId);
}

const notForMembers = (name: string): string =>
  `${name} takes no runs of members: programs there have the rights of the server. An administrator can allow it in the configuration of the machine, or add another one.`;
