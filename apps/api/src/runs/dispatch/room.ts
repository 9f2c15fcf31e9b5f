import { satisfies, takesMembers, takesRuns } from '../../machines/machine-fitness.js';
import type { MachineRecord } from '../../machines/machines.repository.js';
import { freeGpus, giveGpus, type Gpu } from '../../run-records/gpu-seats.js';
import { goesBefore, type LineRun, type PlacedRun, type PoolRun } from '../../run-records/run-lines.repository.js';

export type RoomMachine = Pick<
  MachineRecord,
  'id' | 'name' | 'slots' | 'poolIds' | 'online' | 'draining' | 'labels' | 'inventory' | 'provider' | 'takesMembers'
>;

interface FreeMachine {
  machine: RoomMachine;
  /** Numbers of the seats that may still be given, the lowest first: every dispatcher tries them in this order. */
  seats: number[];
  /** That no run holds. */
  gpus: Gpu[];
}

interface Choice {
  machine: RoomMachine;
  seat: number;
  gpus: number[];
}

/** The free slots of machines that are in pools, as one look at the database shows them. */
export class Room {
  private readonly free = new Map<string, FreeMachine>();
  /**
   * Runs that wait for the machine in the order of its line: those that target it, and those of pools that were left
   * GPUs there.
   */
  private heads = new Map<string, LineRun[]>();

  constructor(
    machines: readonly RoomMachine[],
    placed: readonly PlacedRun[],
    private readonly administrators: ReadonlySet<string> = new Set(),
  ) {
    for (const machine of machines) {
      if (machine.poolIds.length === 0 || !takesRuns(machine)) continue;
      const here = placed.filter(({ machineId }) => machineId === machine.id);
      const seats = freeSeats(machine, here);
      if (seats.length > 0) this.free.set(machine.id, { machine, seats, gpus: freeGpus(machine, here) });
    }
  }

  /**
   * Tells which runs wait for the machines themselves: a slot that one of them takes next is not free for a run behind
   * it.
   */
  expect(heads: Map<string, LineRun[]>): void {
    this.heads = heads;
  }

  get machineIds(): string[] {
    return [...this.free.keys()];
  }

  get poolIds(): string[] {
    return [...new Set([...this.free.values()].flatMap(({ machine }) => machine.poolIds))];
  }

  get isFull(): boolean {
    return this.free.size === 0;
  }

  /**
   * The machine, seat and GPUs for the run: one that it has not failed on, and of those the freest. Where it lacks
   * nothing but GPUs that others hold, the machine with most of them keeps those for it from the runs behind it.
   */
  choose(run: PoolRun): Choice | null {
    const offers = [...this.free.values()]
      .filter(
        ({ machine }) =>
          run.targetPoolId !== null &&
          machine.poolIds.includes(run.targetPoolId) &&
          satisfies(machine, run.needs) &&
          (takesMembers(machine) || this.administrators.has(run.ownerId)),
      )
      .map((free) => ({ free, ...this.offer(free, run), tried: run.triedMachineIds.includes(free.machine.id) }))
      .filter(({ left }) => left > 0);
    const [best] = offers
      .filter(({ enough }) => enough)
      .sort((a, b) => Number(a.tried) - Number(b.tried) || b.left - a.left);
    const seat = best?.free.seats[0];
    if (best !== undefined && seat !== undefined) return { machine: best.free.machine, seat, gpus: best.given };
    const [nearest] = offers.sort((a, b) => b.given.length - a.given.length);
    if (nearest) this.keepFor(run, nearest.free.machine.id);
    return null;
  }

  /** The seat and the GPUs are given away, by us or by somebody else. */
  take({ machine, gpus }: Choice): void {
    const free = this.free.get(machine.id);
    if (!free) return;
    free.seats.shift();
    free.gpus = free.gpus.filter(({ index }) => !gpus.includes(index));
    if (free.seats.length === 0) this.free.delete(machine.id);
  }

  /**
   * What the machine has for the run after those that come first there; one of them that waits for GPUs keeps no slot.
   */
  private offer(
    { machine, seats, gpus }: FreeMachine,
    run: PoolRun,
  ): { left: number; given: number[]; enough: boolean } {
    let [left, free] = [seats.length, gpus];
    for (const head of (this.heads.get(machine.id) ?? []).filter((waiting) => goesBefore(waiting, run))) {
      const { enough, rest } = giveGpus(free, head.needs);
      if (enough) left--;
      free = rest;
    }
    return { left, ...giveGpus(free, run.needs) };
  }

  private keepFor(run: PoolRun, machineId: string): void {
    const heads = [...(this.heads.get(machineId) ?? []), run];
    this.heads.set(
      machineId,
      heads.sort((a, b) => (goesBefore(a, b) ? -1 : 1)),
    );
  }
}

/** As many of the lowest unused seats as the machine has slots to give. */
function freeSeats({ id, slots }: RoomMachine, placed: readonly PlacedRun[]): number[] {
  const used = new Set(placed.map(({ seat }) => seat));
  const seats = Array.from({ length: slots }, (_, n) => n).filter((n) => !used.has(`${id}/${n}`));
  return seats.slice(0, Math.max(0, slots - placed.length));
}

/** Runs that were given to a machine which will not, or should not, begin them now. */
export function misplaced(machines: readonly RoomMachine[], placed: readonly PlacedRun[]): PlacedRun[] {
  const byId = new Map(machines.map((machine) => [machine.id, machine]));
  const waiting = placed.filter(({ state, targetPoolId }) => state === 'assigned' && targetPoolId !== null);
  const stranded = waiting.filter(({ machineId, targetPoolId, needs }) => {
    const machine = byId.get(machineId ?? '');
    return (
      !machine || !takesRuns(machine) || !machine.poolIds.includes(targetPoolId ?? '') || !satisfies(machine, needs)
    );
  });
  return [
    ...stranded,
    ...surplus(
      machines,
      placed,
      waiting.filter((run) => !stranded.includes(run)),
    ),
  ];
}

/**
 * A machine may have begun runs of its own line, or lost slots, since it was given these: the last in line go
 * elsewhere.
 */
function surplus(
  machines: readonly RoomMachine[],
  placed: readonly PlacedRun[],
  waiting: readonly PlacedRun[],
): PlacedRun[] {
  return machines.flatMap(({ id, slots }) => {
    const over = placed.filter(({ machineId }) => machineId === id).length - slots;
    const here = waiting.filter(({ machineId }) => machineId === id);
    return over <= 0 ? [] : here.sort((a, b) => (goesBefore(a, b) ? 1 : -1)).slice(0, over);
  });
}
