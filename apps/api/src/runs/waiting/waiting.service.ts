import type { RunView } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { type MachineRecord, MachinesRepository } from '../../machines/machines.repository.js';
import { PoolsRepository } from '../../machines/pools/pools.repository.js';
import { gpusWanted } from '../../run-records/gpu-seats.js';
import { MOST_COUNTED, type PlacedRun, RunLinesRepository } from '../../run-records/run-lines.repository.js';
import { NOT_WAITING, type RunRecord, runView, type Waiting } from '../../run-records/run-view.js';
import { machineWaitReason, type PoolSituation, poolWaitReason } from './wait-reason.js';

/** Says of waiting runs why they wait, and which place they have. */
@Injectable()
export class WaitingService {
  constructor(
    private readonly lines: RunLinesRepository,
    private readonly machines: MachinesRepository,
    private readonly pools: PoolsRepository,
  ) {}

  async view(run: RunRecord): Promise<RunView> {
    if (waitsForPool(run)) {
      const [situations, before] = await Promise.all([
        this.situations([run.targetPoolId]),
        this.lines.countBefore(run),
      ]);
      return runView(run, inPoolLine(run, situations, before));
    }
    if (!waitsForMachine(run)) return runView(run, NOT_WAITING);
    const [machine, placed, before] = await Promise.all([
      this.machines.get(run.machineId),
      this.placed([run]),
      this.lines.countBefore(run),
    ]);
    return runView(run, inMachineLine(run, machine, placed, before));
  }

  /** The views of many runs, for the price of a few queries. */
  async views(runs: readonly RunRecord[]): Promise<RunView[]> {
    const machineIds = [...new Set(runs.filter(waitsForMachine).map(({ machineId }) => machineId))];
    const poolIds = [...new Set(runs.filter(waitsForPool).map(({ targetPoolId }) => targetPoolId))];
    const lines = [...machineIds.map((machineId) => ({ machineId })), ...poolIds.map((poolId) => ({ poolId }))];
    const [machines, placed, situations, places] = await Promise.all([
      machineIds.length === 0 ? [] : this.machines.list(),
      this.placed(runs.filter(waitsForMachine)),
      this.situations(poolIds),
      this.lines.placesIn(lines),
    ]);
    const byId = new Map(machines.map((machine) => [machine.id, machine]));
    return runs.map((run) => {
      const before = places.get(run.id) ?? MOST_COUNTED + 1;
      if (waitsForPool(run)) return runView(run, inPoolLine(run, situations, before));
      return runView(
        run,
        waitsForMachine(run) ? inMachineLine(run, byId.get(run.machineId) ?? null, placed, before) : NOT_WAITING,
      );
    });
  }

  private async situations(poolIds: string[]): Promise<Map<string, PoolSituation>> {
    if (poolIds.length === 0) return new Map();
    const [pools, machines, placed] = await Promise.all([
      this.pools.byIds(poolIds),
      this.machines.list(),
      this.lines.placed(),
    ]);
    return new Map(poolIds.map((id) => [id, { pool: pools.find((pool) => pool.id === id) ?? null, machines, placed }]));
  }

  /** All runs that take up machines, where that says why any of these waits. */
  private async placed(waiting: readonly RunRecord[]): Promise<PlacedRun[]> {
    return waiting.some(({ needs }) => gpusWanted(needs) > 0) ? this.lines.placed() : [];
  }
}

/** Waits for whichever machine of its pool is free first. */
function waitsForPool(run: RunRecord): run is RunRecord & { targetPoolId: string } {
  return run.state === 'queued' && run.machineId === null && run.targetPoolId !== null;
}

/** Waits for this one machine to take it. */
function waitsForMachine(run: RunRecord): run is RunRecord & { machineId: string } {
  return (run.state === 'queued' || run.state === 'assigned') && run.machineId !== null;
}

/** Null where it is too far behind to be counted. */
const placeBehind = (before: number): number | null => (before > MOST_COUNTED ? null : before + 1);

function inPoolLine(
  run: RunRecord & { targetPoolId: string },
  situations: Map<string, PoolSituation>,
  before: number,
): Waiting {
  const situation = situations.get(run.targetPoolId);
  return { place: placeBehind(before), waitReason: situation ? poolWaitReason(run, situation, before) : null };
}

function inMachineLine(
  run: RunRecord & { machineId: string },
  machine: MachineRecord | null,
  placed: readonly PlacedRun[],
  before: number,
): Waiting {
  // The dispatcher keeps a slot for it there, and gives it to another machine if that one goes away.
  if (run.state === 'assigned' && run.targetPoolId)
    return { place: 1, waitReason: `${run.machineName ?? 'A machine'} takes it in a moment.` };
  return {
    place: placeBehind(before),
    waitReason: machineWaitReason(
      run,
      machine,
      placed.filter(({ machineId }) => machineId === run.machineId),
      before,
    ),
  };
}
