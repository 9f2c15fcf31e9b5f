import type { MachineRecord } from '../machines/machines.repository.js';
import { satisfies, takesRuns } from '../machines/machine-fitness.js';
import { goesBefore, type LinePlace, type PlacedRun, type PoolRun } from '../runs/run-lines.repository.js';

export type RoomMachine = Pick<MachineRecord, 'id' | 'name' | 'slots' | 'poolIds' | 'online' | 'draining' | 'labels' | 'inventory'>;

interface FreeMachine {
  machine: RoomMachine;
  /** Numbers of the seats that may still be given, the lowest first: every dispatcher tries them in this order. */
  seats: number[];
}

/** The free slots of machines that are in pools, as one look at the database shows them. */
export class Room {
  private readonly free = new Map<string, FreeMachine>();
  /** Runs that target the machine itself and wait for it. */
  private heads = new Map<string, LinePlace[]>();

  constructor(machines: readonly RoomMachine[], placed: readonly PlacedRun[]) {
    for (const machine of machines) {
      if (machine.poolIds.length === 0 || !takesRuns(machine)) continue;
      const seats = freeSeats(machine, placed.filter(({ machineId }) => machineId === machine.id));
      if (seats.length > 0) this.free.set(machine.id, { machine, seats });
    }
  }

  /** Tells which runs wait for the machines themselves: a slot that one of them takes next is not free for a run behind it. */
  expect(heads: Map<string, LinePlace[]>): void {
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

  /** The machine and seat for the run: one that it has not failed on, and of those the freest. */
  choose(run: PoolRun): { machine: RoomMachine; seat: number } | null {
    const candidates = [...this.free.values()]
      .filter(({ machine }) => run.targetPoolId !== null && machine.poolIds.includes(run.targetPoolId) && satisfies(machine, run.needs))
      .map((free) => ({ free, left: free.seats.length - this.expectedBefore(run, free.machine.id), tried: run.triedMachineIds.includes(free.machine.id) }))
      .filter(({ left }) => left > 0)
      .sort((a, b) => Number(a.tried) - Number(b.tried) || b.left - a.left);
    const [best] = candidates;
    const seat = best?.free.seats[0];
    return best === undefined || seat === undefined ? null : { machine: best.free.machine, seat };
  }

  /** The seat is given away, by us or by somebody else. */
  take(machineId: string): void {
    const free = this.free.get(machineId);
    free?.seats.shift();
    if (free?.seats.length === 0) this.free.delete(machineId);
  }

  private expectedBefore(run: LinePlace, machineId: string): number {
    return (this.heads.get(machineId) ?? []).filter((direct) => goesBefore(direct, run)).length;
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
    return !machine || !takesRuns(machine) || !machine.poolIds.includes(targetPoolId ?? '') || !satisfies(machine, needs);
  });
  return [...stranded, ...surplus(machines, placed, waiting.filter((run) => !stranded.includes(run)))];
}

/** A machine may have begun runs of its own line, or lost slots, since it was given these: the last in line go elsewhere. */
function surplus(machines: readonly RoomMachine[], placed: readonly PlacedRun[], waiting: readonly PlacedRun[]): PlacedRun[] {
  return machines.flatMap(({ id, slots }) => {
    const over = placed.filter(({ machineId }) => machineId === id).length - slots;
    const here = waiting.filter(({ machineId }) => machineId === id);
    return over <= 0 ? [] : here.sort((a, b) => (goesBefore(a, b) ? 1 : -1)).slice(0, over);
  });
}
