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

  /** How many go before this run in its line: its machine's, or its pool's while it has no machine. */
  async countBefore(run: RunRecord): Promise<number> {
    const ahead = [{ priority: { $gt: run.priority } }, { priority: run.priority, _id: { $lt: objectId(run.id) } }];
    return this.runs.countDocuments({ ...lineOf(run), $or: ahead });
  }

  /** Ids of the runs that wait for each of the machines, in their order. */
  async ofMachines(machineIds: string[]): Promise<Map<string, string[]>> {
    const waiting = await this.runs
      .find({ state: { $in: WAITING }, machineId: { $in: machineIds } }, { machineId: 1, priority: 1 })
      .sort(LINE_ORDER)
      .lean();
    return grouped(
      machineIds,
      waiting.map(({ _id, machineId }) => [machineId, _id.toHexString()]),
    );
  }

  /** Ids of the runs that wait for any machine of each of the pools, in their order. */
  async ofPools(poolIds: string[]): Promise<Map<string, string[]>> {
    const waiting = await this.runs
      .find({ state: 'queued', targetPoolId: { $in: poolIds }, machineId: null }, { targetPoolId: 1, priority: 1 })
      .sort(LINE_ORDER)
      .lean();
    return grouped(
      poolIds,
      waiting.map(({ _id, targetPoolId }) => [targetPoolId, _id.toHexString()]),
    );
  }

  /** The first runs of a line, whole. */
  async headOf(line: { machineId: string } | { poolId: string }, limit: number): Promise<RunRecord[]> {
    const filter: QueryFilter<Run> =
      'poolId' in line
        ? { state: 'queued', targetPoolId: line.poolId }
        : { state: { $in: WAITING }, machineId: line.machineId };
    return (await this.runs.find(filter).sort(LINE_ORDER).limit(limit).lean()).map(runRecord);
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

function lineOf({ machineId, targetPoolId }: RunRecord): QueryFilter<Run> {
  return machineId === null
    ? { state: 'queued', targetPoolId, machineId: null }
    : { state: { $in: WAITING }, machineId };
}

function grouped(keys: string[], items: [string | null, string][]): Map<string, string[]> {
  const lines = new Map<string, string[]>(keys.map((key) => [key, []]));
  for (const [key, id] of items) lines.get(key ?? '')?.push(id);
  return lines;
}
