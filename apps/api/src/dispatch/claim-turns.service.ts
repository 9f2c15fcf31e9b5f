import { Injectable } from '@nestjs/common';
import { MachinesRepository } from '../machines/machines.repository.js';
import { satisfies, takesRuns } from '../machines/machine-fitness.js';
import { goesBefore, RunLinesRepository } from '../runs/run-lines.repository.js';
import type { RunRecord } from '../runs/run-view.js';

/** Keeps one order between the line of a machine and the lines of its pools, where both want its last free slot. */
@Injectable()
export class ClaimTurns {
  constructor(
    private readonly machines: MachinesRepository,
    private readonly lines: RunLinesRepository,
  ) {}

  /** Whether a run of the machine's own line, which its worker asks for, has to let a run of a pool go first. */
  async yields(machineId: string, run: RunRecord): Promise<boolean> {
    const machine = await this.machines.get(machineId);
    if (!machine || machine.poolIds.length === 0 || !takesRuns(machine)) return false;
    const here = (await this.lines.placed()).filter((placed) => placed.machineId === machineId);
    const free = machine.slots - here.length;
    if (free <= 0) return here.some(({ state, targetPoolId }) => state === 'assigned' && targetPoolId !== null);
    let ahead = 0;
    for await (const waiting of this.lines.waitingForPools(machine.poolIds)) {
      if (!goesBefore(waiting, run)) return false;
      const due = !waiting.notBefore || waiting.notBefore <= new Date();
      if (due && satisfies(machine, waiting.needs) && ++ahead >= free) return true;
    }
    return false;
  }
}
