import { ACTIVE_STATES, ON_MACHINE_STATES, type RunState } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, QueryFilter } from 'mongoose';
import { objectId } from '../platform/database/ids.js';
import { Run } from './run.schema.js';
import { type RunRecord, runRecord } from './run-view.js';

const WAITING: RunState[] = ['queued', 'assigned'];
const PLACED: RunState[] = ['assigned', ...ON_MACHINE_STATES];
/** Higher priority first, then age. */
const LINE_ORDER = { priority: -1, _id: 1 } as const;
const BATCH = 100;

/** So many before a run are counted; of a place further behind it is only said that it is. */
export const MOST_COUNTED = 500;

/** The line of a machine, or of a pool. */
export type Line = { machineId: string } | { poolId: string };

/** A run that waits for any machine of its pool, as far as it matters for choosing one. */
export type PoolRun = Pick<
  RunRecord,
  'id' | 'ownerId' | 'attempt' | 'priority' | 'needs' | 'targetPoolId' | 'notBefore' | 'correlationId'
> & { triedMachineIds: string[] };

/** A run that takes up a slot of its machine: given to it, or on it. */
export type PlacedRun = Pick<
  RunRecord,
  'id' | 'attempt' | 'state' | 'machineId' | 'targetPoolId' | 'priority' | 'needs' | 'seat' | 'gpuSeats'
>;

/** Where a run stands in a line. */
type LinePlace = Pick<RunRecord, 'id' | 'priority'>;
/** A run in the line of a machine, and what it takes of it. */
export type LineRun = LinePlace & Pick<RunRecord, 'needs'>;

/** Reads the lines in which runs wait: one for each machine, one for each pool. */
@Injectable()
export class RunLinesRepository {
  constructor(@InjectModel(Run.name) private readonly runs: Model<Run>) {}

  /**
   * How many go before this run in its line: its machine's, or its pool's while it has no machine. Counted up to
   * `MOST_COUNTED` and one more, in an index that holds all that is asked, so that a long line costs no more.
   */
  async countBefore(run: RunRecord): Promise<number> {
    const limit = MOST_COUNTED + 1;
    const line = filterOf(run.machineId === null ? { poolId: run.targetPoolId ?? '' } : { machineId: run.machineId });
    const [sooner, older] = await Promise.all([
      this.runs.countDocuments({ ...line, priority: { $gt: run.priority } }, { limit }),
      this.runs.countDocuments({ ...line, priority: run.priority, _id: { $lt: objectId(run.id) } }, { limit }),
    ]);
    return Math.min(sooner + older, limit);
  }

  /** How many go before each of the first runs of these lines, by id; those further behind are not named. */
  async placesIn(lines: readonly Line[]): Promise<Map<string, number>> {
    const heads = await Promise.all(
      lines.map((line) =>
        this.runs
          .find(filterOf(line), { _id: 1 })
          .sort(LINE_ORDER)
          .limit(MOST_COUNTED + 1)
          .lean(),
      ),
    );
    return new Map(heads.flatMap((head) => head.map(({ _id }, before) => [_id.toHexString(), before])));
  }

  /** The first runs of a line, whole. */
  async headOf(line: Line, limit: number): Promise<RunRecord[]> {
    return (await this.runs.find(filterOf(line)).sort(LINE_ORDER).limit(limit).lean()).map(runRecord);
  }

  /** Whether any run of a pool waits, with a machine or without. */
  async anyOfPools(): Promise<boolean> {
    return (await this.runs.exists({ state: { $in: WAITING }, targetPoolId: { $gt: '' } })) !== null;
  }

  async countActiveOfPool(poolId: string): Promise<number> {
    return this.runs.countDocuments({ state: { $in: [...ACTIVE_STATES] }, targetPoolId: poolId });
  }

  /** The runs that wait for a machine of these pools, in the order in which they get one. */
  async *waitingForPools(poolIds: readonly string[]): AsyncGenerator<PoolRun> {
    const fields = {
      ownerId: 1,
      attempt: 1,
      priority: 1,
      needs: 1,
      targetPoolId: 1,
      notBefore: 1,
      correlationId: 1,
      attempts: 1,
    };
    const found = this.runs
      .find({ state: 'queued', targetPoolId: { $in: [...poolIds] }, machineId: null }, fields)
      .sort(LINE_ORDER)
      .lean();
    for await (const { _id, attempts, ...run } of found.cursor({ batchSize: BATCH })) {
      yield { ...run, id: _id.toHexString(), triedMachineIds: attempts.flatMap(({ machineId }) => machineId ?? []) };
    }
  }

  /** The first runs that wait for each of these machines and for no pool: the dispatcher leaves slots to those. */
  async headsOfMachines(machineIds: readonly string[], limit: number): Promise<Map<string, LineRun[]>> {
    const heads = await Promise.all(
      machineIds.map((machineId) =>
        this.runs
          .find({ state: 'queued', machineId, targetPoolId: null }, { priority: 1, needs: 1, notBefore: 1 })
          .sort(LINE_ORDER)
          .limit(limit)
          .lean(),
      ),
    );
    const now = new Date();
    return new Map(
      machineIds.map((id, i) => [
        id,
        (heads[i] ?? [])
          .filter(({ notBefore }) => !notBefore || notBefore <= now)
          .map(({ _id, priority, needs }) => ({ id: _id.toHexString(), priority, needs })),
      ]),
    );
  }

  /** All runs that take up slots. */
  async placed(): Promise<PlacedRun[]> {
    const fields = { attempt: 1, state: 1, machineId: 1, targetPoolId: 1, priority: 1, needs: 1, seat: 1, gpuSeats: 1 };
    return (
      await this.runs
        .find({ state: { $in: PLACED } }, fields)
        .sort({ _id: 1 })
        .lean()
    ).map(({ _id, ...run }) => ({ ...run, id: _id.toHexString() }));
  }
}

/** Whether `a` goes before `b`. */
export function goesBefore(a: LinePlace, b: LinePlace): boolean {
  return a.priority !== b.priority ? a.priority > b.priority : a.id < b.id;
}

/** A queued run of a pool has no machine. */
function filterOf(line: Line): QueryFilter<Run> {
  return 'poolId' in line
    ? { state: 'queued', targetPoolId: line.poolId }
    : { state: { $in: WAITING }, machineId: line.machineId };
}
