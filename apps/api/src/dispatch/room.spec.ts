import type { PlacedRun, PoolRun } from '../runs/run-lines.repository.js';
import { misplaced, Room, type RoomMachine } from './room.js';

const machine = (id: string, change: Partial<RoomMachine> = {}): RoomMachine => ({ id, name: id, slots: 2, poolIds: ['p'], online: true, draining: false, labels: [], inventory: null, ...change });
const placed = (id: string, machineId: string, change: Partial<PlacedRun> = {}): PlacedRun => ({ id, attempt: 1, state: 'running', machineId, targetPoolId: 'p', priority: 0, needs: null, ...change });
const waiting = (id: string, change: Partial<PoolRun> = {}): PoolRun => ({ id, ownerId: 'o', attempt: 1, priority: 0, needs: null, targetPoolId: 'p', notBefore: null, correlationId: null, triedMachineIds: [], ...change });
const chosen = (room: Room, run: PoolRun) => {
  const choice = room.choose(run);
  return choice && `${choice.machine.id}/${choice.seat}`;
};

describe('the room on machines', () => {
  it('is the lowest seats that nobody has, and no more than there are slots', () => {
    const room = new Room([machine('m', { slots: 4 })], [placed('a', 'm', { seat: 'm/0' }), placed('b', 'm', { seat: 'm/2' }), placed('direct', 'm', { targetPoolId: null })]);
    expect(chosen(room, waiting('r'))).toBe('m/1');
    room.take('m');
    expect(room.isFull).toBe(true);
    expect(chosen(room, waiting('r'))).toBeNull();
  });

  it('is none where slots were taken away under runs, offline, drained or outside of pools', () => {
    const fewer = machine('fewer', { slots: 1 });
    const room = new Room([fewer, machine('off', { online: false }), machine('drained', { draining: true }), machine('alone', { poolIds: [] })], [placed('a', 'fewer', { seat: 'fewer/1' })]);
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
    room.expect(new Map([['m', [{ id: '1', priority: 0 }, { id: '3', priority: 0 }]]]));
    expect(chosen(room, waiting('2'))).toBe('m/0');
    expect(chosen(room, waiting('4'))).toBeNull();
    expect(chosen(room, waiting('4', { priority: 1 }))).toBe('m/0');
  });
});

describe('runs that are misplaced', () => {
  const assigned = (id: string, machineId: string, change: Partial<PlacedRun> = {}) => placed(id, machineId, { state: 'assigned', ...change });
  const ids = (machines: RoomMachine[], runs: PlacedRun[]) => misplaced(machines, runs).map(({ id }) => id);

  it('are those whose machine is gone, away, drained, of another pool or without what they need', () => {
    const machines = [machine('off', { online: false }), machine('drained', { draining: true }), machine('other', { poolIds: ['q'] }), machine('fit')];
    const runs = [assigned('1', 'gone'), assigned('2', 'off'), assigned('3', 'drained'), assigned('4', 'other'), assigned('5', 'fit', { needs: { labels: ['x'] } }), assigned('6', 'fit')];
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
