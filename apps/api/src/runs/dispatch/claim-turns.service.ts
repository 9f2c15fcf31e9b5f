import type { AttemptRef } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { satisfies, takesRuns } from '../../machines/machine-fitness.js';
import { type MachineRecord, MachinesRepository } from '../../machines/machines.repository.js';
import { DeliveriesService } from '../../machines/queue/deliveries.service.js';
import { logger } from '../../platform/logging/logger.js';
import { freeGpus, giveGpus, gpusWanted } from '../../run-records/gpu-seats.js';
import { goesBefore, type PlacedRun, RunLinesRepository } from '../../run-records/run-lines.repository.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { Dispatcher } from './dispatcher.service.js';
import { OwnLines } from './own-lines.service.js';

/** A worker has settled a delivery by then that it was refused. */
const TURN_MS = 300;

/** What a run gets of the machine that asks for it, or why it has to wait there. */
type Turn = { gpus: number[] } | 'pool first' | 'GPUs are held';

/**
 * Keeps one order between the line of a machine and the lines of its pools, where both want its last free slot or its
 * GPUs.
 */
@Injectable()
export class ClaimTurns {
  constructor(
    private readonly runs: RunsRepository,
    private readonly machines: MachinesRepository,
    private readonly lines: RunLinesRepository,
    private readonly ownLines: OwnLines,
    private readonly dispatcher: Dispatcher,
    private readonly deliveries: DeliveriesService,
  ) {}

  /**
   * Whether it is the turn of a run that a machine asks for. Its worker forgets a delivery that it took too early, and
   * gets it again: soon, or when GPUs are free.
   */
  async take(machineId: string, ref: AttemptRef): Promise<Turn> {
    const run = await this.runs.get(ref.runId);
    if (run?.state !== 'queued' || run.machineId !== machineId) return { gpus: [] };
    const turn = await this.turnOf(machineId, run);
    if (turn !== 'pool first') return turn;
    void this.dispatcher.wake();
    const again = (): void => {
      this.deliveries
        .deliver(run)
        .catch((error: unknown) => logger.debug({ err: error, ...ref }, 'a delivery waits for the reconciler'));
    };
    setTimeout(again, TURN_MS).unref();
    return turn;
  }

  /** Of a run of the machine's own line, which its worker asks for. */
  private async turnOf(machineId: string, run: RunRecord): Promise<Turn> {
    const machine = await this.machines.get(machineId);
    if (!machine) return { gpus: [] };
    const here = (await this.lines.placed()).filter((placed) => placed.machineId === machineId);
    if (await this.yields(machine, here, run)) return 'pool first';
    if (gpusWanted(run.needs) === 0) return { gpus: [] };
    const gpus = (await this.ownLines.gpusOf(machine, here)).get(run.id);
    return gpus ? { gpus } : 'GPUs are held';
  }

  private async yields(machine: MachineRecord, here: readonly PlacedRun[], run: RunRecord): Promise<boolean> {
    if (machine.poolIds.length === 0 || !takesRuns(machine)) return false;
    const slots = machine.slots - here.length;
    if (slots <= 0) return here.some(({ state, targetPoolId }) => state === 'assigned' && targetPoolId !== null);
    let ahead = 0;
    let free = freeGpus(machine, here);
    for await (const waiting of this.lines.waitingForPools(machine.poolIds)) {
      if (!goesBefore(waiting, run)) return false;
      const due = !waiting.notBefore || waiting.notBefore <= new Date();
      if (!due || !satisfies(machine, waiting.needs)) continue;
      const { enough, rest } = giveGpus(free, waiting.needs);
      free = rest;
      if (enough && ++ahead >= slots) return true;
    }
    return false;
  }
}
