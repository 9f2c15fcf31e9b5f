import { Injectable } from '@nestjs/common';
import type { Needs, Target } from '@mle/protocol';
import { conflict, notFound } from '../http/problem.js';
import { MachinesRepository, type MachineRecord } from '../machines/machines.repository.js';

/** Chooses the machine of a run. */
@Injectable()
export class TargetsService {
  constructor(private readonly machines: MachinesRepository) {}

  /** The machine that was asked for, online or not; without one this computer, else any that is online. */
  async choose(target: Target | undefined, needs: Needs | undefined): Promise<MachineRecord> {
    if (target && 'poolId' in target) throw notFound('pool');
    if (target) {
      const machine = await this.machines.get(target.machineId);
      if (!machine) throw notFound('machine');
      if (!satisfies(machine, needs)) throw conflict('machine.unfit', `${machine.name} does not have what the run needs.`);
      return machine;
    }
    const fit = (await this.machines.list()).filter((machine) => satisfies(machine, needs));
    const online = fit.filter((machine) => machine.online && !machine.draining);
    const chosen = fit.find((machine) => machine.provider === 'local') ?? online[0] ?? fit[0];
    if (!chosen) throw conflict('machine.none', 'No machine can take this run. Add a machine on the Machines page, or start the worker of this computer.');
    return chosen;
  }
}

function satisfies({ labels, inventory }: MachineRecord, needs: Needs | undefined): boolean {
  if (!needs) return true;
  if (!(needs.labels ?? []).every((label) => labels.includes(label))) return false;
  const gpus = (inventory?.gpus ?? []).filter((gpu) => gpu.memoryBytes >= (needs.gpuMemoryBytes ?? 0));
  return gpus.length >= (needs.gpus ?? (needs.gpuMemoryBytes ? 1 : 0));
}
