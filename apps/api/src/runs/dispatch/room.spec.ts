import type { Needs } from '@mle/protocol';
import { INVENTORY } from '../../../test/fake-worker.js';
import type { LineRun, PlacedRun, PoolRun } from '../../run-records/run-lines.repository.js';
import { misplaced, Room, type RoomMachine } from './room.js';

const machine = (id: string, change: Partial<RoomMachine> = {}): RoomMachine => ({
  id,
  name: id,
  slots: 2,
  poolIds: ['p'],
  online: true,
  draining: false,
  labels: [],
  inventory: null,
  provider: 'joined',
  ...change,
});
const placed = (id: string, machineId: string, change: Partial<PlacedRun> = {}): PlacedRun => ({
  id,
  attempt: 1,
  state: 'running',
  machineId,
  targetPoolId: 'p',
  priority: 0,
  needs: null,
  ...change,
});
const waiting = (id: string, change: Partial<PoolRun> = {}): PoolRun => ({
  id,
  ownerId: 'o',
  attempt: 1,
  priority: 0,
  needs: null,
  targetPoolId: 'p',
  notBefore: null,
  correlationId: null,
  triedMachineIds: [],
  ...change,
});
const head = (id: string, needs: Needs | null = null): LineRun => ({ id, priority: 0, needs });
const GiB = 1024 ** 3;
/** A machine with GPUs of so many GB. */
const withGpus = (...sizes: number[]): RoomMachine =>
  machine('m', {
    slots: 8,
    inventory: { ...INVENTORY, gpus: sizes.map((size) => ({ name: 'g', memoryBytes: size * GiB })) },
  });
const taken = (room: Room, run: PoolRun) => {
  const choice = room.choose(run);
  if (choice) room.take(choice);
  return choice?.gpus;
};
const chosen = (room: Room, run: PoolRun) => {
  const choice = room.choose(run);
  return choice && `${choice.machine.id}/${choice.seat}`;
};

describe('the room on machines', () => {
  it('is for members only where their programs have not the rights of the server, unless somebody decided so', () => {
    const inventory = { ...INVENTORY, isolated: false };
    const own = (change: Partial<RoomMachine> = {}) => machine('m', { provider: 'local', inventory, ...change });
    const owner = waiting('a', { ownerId: 'member' });
    const chosenOn = (of: RoomMachine, administrators: string[] = []) =>
      chosen(new Room([of], [], new Set(administrators)), owner);
    expect(chosenOn(own())).toBeNull();
    expect(chosenOn(own(), ['member'])).toBe('m/0');
    expect(chosenOn(own({ takesMembers: true }))).toBe('m/0');
    expect(chosenOn(own({ inventory: { ...inventory, isolated: true } }))).toBe('m/0');
    expect(chosenOn(machine('m', { inventory, takesMembers: false }))).toBeNull();
    expect(chosenOn(machine('m', { inventory }))).toBe('m/0');
  });

  it('is the lowest seats that nobody has, and no more than there are slots', () => {
    const room = new Room(
      [machine('m', { slots: 4 })],
      [
        placed('a', 'm', { seat: 'm/0' }),
        placed('b', 'm', { seat: 'm/2' }),
        placed('direct', 'm', { targetPoolId: null }),
      ],
    );
    expect(chosen(room, waiting('r'))).toBe('m/1');
    taken(room, waiting('r'));
    expect(room.isFull).toBe(true);
    expect(chosen(room, waiting('r'))).toBeNull();
  });

  it('is none where slots were taken away under runs, offline, drained or outside of pools', () => {
    const fewer = machine('fewer', { slots: 1 });
    const room = new Room(
      [
        fewer,
        machine('off', { online: false }),
        machine('drained', { draining: true }),
        machine('alone', { poolIds: [] }),
      ],
      [placed('a', 'fewer', { seat: 'fewer/1' })],
    );
    expect(room.isFull).toBe(true);
  });

  it('is taken on the freest machine, but on one where the run was not yet', () => {
    const room = new Room([machine('busy'), machine('free')], [placed('a', 'busy', { seat: 'busy/0' })]);
    expect(chosen(room, waiting('r'))).toBe('free/0');
    expect(chosen(room, waiting('r', { triedMachineIds: ['free'] }))).toBe('busy/1');
    expect(chosen(room, waiting('r', { triedMachineIds: ['free', 'busy'] }))).toBe('free/0');
  });

  it('is of the pool and of what is needed', () => {
    const room = new Room([machine('m', { poolIds: ['q'] }), machine('n', { labels: ['fast'] })], []);
    expect(chosen(room, waiting('r', { targetPoolId: 'q' }))).toBe('m/0');
    expect(chosen(room, waiting('r', { targetPoolId: 'q', needs: { labels: ['fast'] } }))).toBeNull();
    expect(chosen(room, waiting('r', { needs: { labels: ['fast'] } }))).toBe('n/0');
    expect(chosen(room, waiting('r', { needs: { gpus: 1 } }))).toBeNull();
  });

  it("is left to runs of the machine's own line that come first", () => {
    const room = new Room([machine('m')], []);
    room.expect(new Map([['m', [head('1'), head('3')]]]));
    expect(chosen(room, waiting('2'))).toBe('m/0');
    expect(chosen(room, waiting('4'))).toBeNull();
    expect(chosen(room, waiting('4', { priority: 1 }))).toBe('m/0');
  });
});

describe('the GPUs of machines', () => {
  const wants = (id: string, gpus: number, gigabytes = 0): PoolRun =>
    waiting(id, { needs: { gpus, gpuMemoryBytes: gigabytes * GiB } });

  it('are given to one run each, the smallest that will do', () => {
    const room = new Room(
      [withGpus(40, 16, 16, 24)],
      [placed('a', 'm', { gpuSeats: ['m/1'] }), placed('b', 'm', { needs: { labels: [] } })],
    );
    expect(taken(room, wants('1', 1))).toEqual([2]);
    expect(taken(room, waiting('2'))).toEqual([]);
    expect(taken(room, waiting('3', { needs: { gpuMemoryBytes: 30 * GiB } }))).toEqual([0]);
    expect(taken(room, wants('4', 1, 30))).toBeUndefined();
  });

  it('are kept for a run that waits for more of them, from those behind it that want some', () => {
    const room = new Room([withGpus(16, 16)], [placed('a', 'm', { gpuSeats: ['m/0'] })]);
    expect(taken(room, wants('1', 2))).toBeUndefined();
    expect(taken(room, wants('2', 1))).toBeUndefined();
    expect(taken(room, waiting('3'))).toEqual([]);
    expect(taken(room, waiting('4', { priority: 1, needs: { gpus: 1 } }))).toEqual([1]);
  });

  it("are kept for the machine's own line, and a run of it that waits for them keeps no slot", () => {
    const room = new Room([{ ...withGpus(16, 16), slots: 2 }], [placed('a', 'm', { gpuSeats: ['m/0'] })]);
    room.expect(new Map([['m', [head('1', { gpus: 2 })]]]));
    expect(taken(room, wants('2', 1))).toBeUndefined();
    expect(taken(room, waiting('3'))).toEqual([]);
  });
});

describe('runs that are misplaced', () => {
  const assigned = (id: string, machineId: string, change: Partial<PlacedRun> = {}) =>
    placed(id, machineId, { state: 'assigned', ...change });
  const ids = (machines: RoomMachine[], runs: PlacedRun[]) => misplaced(machines, runs).map(({ id }) => id);

  it('are those whose machine is gone, away, drained, of another pool or without what they need', () => {
    const machines = [
      machine('off', { online: false }),
      machine('drained', { draining: true }),
      machine('other', { poolIds: ['q'] }),
      machine('fit'),
    ];
    const runs = [
      assigned('1', 'gone'),
      assigned('2', 'off'),
      assigned('3', 'drained'),
      assigned('4', 'other'),
      assigned('5', 'fit', { needs: { labels: ['x'] } }),
      assigned('6', 'fit'),
    ];
    expect(ids(machines, runs)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('are the last in line where there are more than slots, and never those that have begun or target the machine', () => {
    const runs = [placed('0', 'm', { targetPoolId: null }), assigned('1', 'm'), assigned('2', 'm', { priority: 1 })];
    expect(ids([machine('m')], runs)).toEqual(['1']);
    expect(ids([machine('m', { slots: 1 })], runs)).toEqual(['1', '2']);
    expect(ids([machine('m', { slots: 3 })], runs)).toEqual([]);
    expect(ids([machine('m', { slots: 1 })], [placed('0', 'm'), placed('1', 'm')])).toEqual([]);
  });
});
