import { Injectable } from '@nestjs/common';
import { type MachineRecord, MachinesRepository } from '../../machines/machines.repository.js';
import { DeliveriesService } from '../../machines/queue/deliveries.service.js';
import { freeGpus, giveGpus, gpusWanted } from '../../run-records/gpu-seats.js';
import { type PlacedRun, RunLinesRepository } from '../../run-records/run-lines.repository.js';
import { RunsRepository, type WaitingRun } from '../../run-records/runs.repository.js';

/** So many of a line are looked at for GPUs; the others wait behind them. */
const LOOKED_AT = 64;

/**
 * The lines of runs that target a machine itself: they come by its queue, and those that want GPUs when these are free.
 */
@Injectable()
export class OwnLines {
  constructor(
    private readonly runs: RunsRepository,
    private readonly lines: RunLinesRepository,
    private readonly machines: MachinesRepository,
    private readonly deliveries: DeliveriesService,
  ) {}

  /** Gives each run that waits for its machine, and could begin there, a delivery where it has none. */
  async deliver(): Promise<void> {
    for await (const some of this.runs.waitingForMachines()) await this.deliverSome(some);
  }

  /** The GPUs that each of the first runs of the line would get now; a run that has to wait for some is not named. */
  async gpusOf(machine: MachineRecord, here: readonly PlacedRun[]): Promise<Map<string, number[]>> {
    const line = (await this.lines.headsOfMachines([machine.id], LOOKED_AT)).get(machine.id) ?? [];
    const gpus = new Map<string, number[]>();
    let free = freeGpus(machine, here);
    for (const { id, needs } of line) {
      const { given, enough, rest } = giveGpus(free, needs);
      if (enough) gpus.set(id, given);
      free = rest;
    }
    return gpus;
  }

  private async deliverSome(waiting: readonly WaitingRun[]): Promise<void> {
    const now = new Date();
    const due = waiting.filter(({ notBefore }) => !notBefore || notBefore <= now);
    const held = await this.withoutGpus(due);
    for await (const run of this.deliveries.undelivered(due.filter(({ id }) => !held.has(id))))
      await this.deliveries.deliver(run);
  }

  /** Ids of those that wait for GPUs which others hold: their machines would ask for them in vain. */
  private async withoutGpus(waiting: readonly WaitingRun[]): Promise<Set<string>> {
    const wanting = waiting.filter(({ needs, seat }) => seat === undefined && gpusWanted(needs) > 0);
    if (wanting.length === 0) return new Set();
    const [machines, placed] = await Promise.all([this.machines.list(), this.lines.placed()]);
    const held = new Set(wanting.map(({ id }) => id));
    for (const machine of machines.filter(({ id }) => wanting.some(({ machineId }) => machineId === id))) {
      const gpus = await this.gpusOf(
        machine,
        placed.filter(({ machineId }) => machineId === machine.id),
      );
      for (const id of gpus.keys()) held.delete(id);
    }
    return held;
  }
}
