import {
  ACTIVE_STATES,
  type AttemptRef,
  canTransition,
  isTerminal,
  ON_MACHINE_STATES,
  type RunState,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, Types } from 'mongoose';
import { gpuSeats } from './gpu-seats.js';
import { type Attempt, Run } from './run.schema.js';
import { type RunRecord, runRecord } from './run-view.js';

/** Runs of one read, where there may be very many. */
const BATCH = 200;

export type NewRun = Omit<
  Run,
  | '_id'
  | 'attempt'
  | 'attempts'
  | 'state'
  | 'machineName'
  | 'seat'
  | 'gpuSeats'
  | 'stopReason'
  | 'notBefore'
  | 'createdAt'
  | 'metrics'
  | 'finals'
  | 'readBy'
  | 'before'
  | 'changes'
  | 'knobs'
>;

/** What a transition may set besides the state, on the current attempt. */
export type AttemptChange = Partial<Omit<Attempt, 'n' | 'state' | 'createdAt' | 'history'>>;

/** A place on a machine that the dispatcher gives to a run. */
export interface Placement {
  machineId: string;
  machineName: string;
  /** Absent where the machine itself asks: its slots are its own matter. */
  seat?: number;
  /** Indexes of the GPUs that the run has for itself. */
  gpus: number[];
}

/** A run that waits for its machine, as far as its delivery has to know. */
export type WaitingRun = Pick<
  RunRecord,
  'id' | 'attempt' | 'priority' | 'correlationId' | 'targetPoolId' | 'seat' | 'notBefore' | 'needs'
> & { machineId: string };

/**
 * Changes runs in the database for the engine, which acts for every owner; with `OwnedRunsRepository`,
 * `RunComparisonsRepository` and `RunLinesRepository`, which only reads, the only place that touches them.
 */
@Injectable()
export class RunsRepository {
  constructor(@InjectModel(Run.name) private readonly runs: Model<Run>) {}

  /** Null when the owner has a run with the same idempotency key, or its sweep has one in this place. */
  async create(values: NewRun): Promise<RunRecord | null> {
    const now = new Date();
    try {
      const run = await this.runs.create({
        ...values,
        state: 'queued',
        attempt: 1,
        attempts: [newAttempt(1, now)],
        createdAt: now,
      });
      return runRecord(run.toObject());
    } catch (error) {
      if (isDuplicateKey(error, 'idempotencyKey') || isDuplicateKey(error, 'trial.sweepId')) return null;
      throw error;
    }
  }

  async byIdempotencyKey(ownerId: string, idempotencyKey: string): Promise<RunRecord | null> {
    return orNull(await this.runs.findOne({ ownerId, idempotencyKey }).lean());
  }

  async get(id: string): Promise<RunRecord | null> {
    return orNull(await this.runs.findById(id).lean());
  }

  async count(state: RunState): Promise<number> {
    return this.runs.countDocuments({ state });
  }

  /** How the numbers of the attempt stand now; null when it is not the current one any more. */
  async noteNumbers(
    { runId, attempt }: AttemptRef,
    numbers: Partial<Pick<Run, 'metrics' | 'finals' | 'readBy'>>,
  ): Promise<RunRecord | null> {
    return orNull(
      await this.runs
        .findOneAndUpdate({ _id: new Types.ObjectId(runId), attempt }, { $set: numbers }, { returnDocument: 'after' })
        .lean(),
    );
  }

  /** Active runs on the machine or waiting for it, oldest first. */
  async activeOn(machineId: string): Promise<RunRecord[]> {
    return (
      await this.runs
        .find({ state: { $in: [...ACTIVE_STATES] }, machineId })
        .sort({ _id: 1 })
        .lean()
    ).map(runRecord);
  }

  /** Runs that the machine has begun and not ended. */
  async heldBy(machineId: string): Promise<RunRecord[]> {
    return (
      await this.runs
        .find({ state: { $in: [...ON_MACHINE_STATES] }, machineId })
        .sort({ _id: 1 })
        .lean()
    ).map(runRecord);
  }

  /** Ids of the runs that hold a slot, by machine. */
  async runningByMachine(): Promise<Map<string, string[]>> {
    const runs = await this.runs
      .find({ state: { $in: [...ON_MACHINE_STATES] } }, { machineId: 1 })
      .sort({ _id: 1 })
      .lean();
    const result = new Map<string, string[]>();
    for (const { _id, machineId } of runs)
      if (machineId) result.set(machineId, [...(result.get(machineId) ?? []), _id.toHexString()]);
    return result;
  }

  async inStates(states: readonly RunState[]): Promise<RunRecord[]> {
    return (
      await this.runs
        .find({ state: { $in: [...states] } })
        .sort({ _id: 1 })
        .lean()
    ).map(runRecord);
  }

  /** Runs that have a machine which has not begun them, some at a time, in the order of each machine's line. */
  async *waitingForMachines(): AsyncGenerator<WaitingRun[]> {
    const fields = {
      attempt: 1,
      priority: 1,
      correlationId: 1,
      machineId: 1,
      targetPoolId: 1,
      seat: 1,
      notBefore: 1,
      needs: 1,
    };
    const found = this.runs
      .find({ state: { $in: ['queued', 'assigned'] as RunState[] }, machineId: { $gt: '' } }, fields)
      .sort({ machineId: 1, priority: -1, _id: 1 })
      .lean()
      .cursor({ batchSize: BATCH });
    let batch: WaitingRun[] = [];
    for await (const { _id, machineId, ...run } of found) {
      if (machineId !== null) batch.push({ ...run, machineId, id: _id.toHexString() });
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }

  async someActiveOf(projectId: string, limit: number): Promise<RunRecord[]> {
    return (
      await this.runs
        .find({ projectId, state: { $in: [...ACTIVE_STATES] } })
        .limit(limit)
        .lean()
    ).map(runRecord);
  }

  async someOf(projectId: string, limit: number): Promise<Pick<RunRecord, 'id' | 'ownerId'>[]> {
    const some = await this.runs.find({ projectId }, { ownerId: 1 }).limit(limit).lean();
    return some.map(({ _id, ownerId }) => ({ id: _id.toHexString(), ownerId }));
  }

  /** Whatever their state. */
  async removeAll(ids: readonly string[]): Promise<void> {
    await this.runs.deleteMany({ _id: { $in: ids.map((id) => new Types.ObjectId(id)) } });
  }

  /**
   * The one way in which a run changes its state: one conditional update, along arrows of the table.
   * `path` are the states to go through, the last is the new one; `from` are the states it may start in.
   * Answers the run after the change, or null when it was not in `from` or not at that attempt.
   */
  async transition(
    { runId, attempt }: AttemptRef,
    from: readonly RunState[],
    path: readonly RunState[],
    {
      change = {},
      stopReason,
      machineId,
      placement,
    }: { change?: AttemptChange; stopReason?: string; machineId?: string; placement?: Placement } = {},
  ): Promise<RunRecord | null> {
    const to = path.at(-1);
    if (!to) throw new Error('a transition needs a state to reach');
    const allowed = from.filter((state) => follows(state, path));
    if (allowed.length === 0) throw new Error(`no state of ${from.join(', ')} can go to ${path.join(', ')}`);
    const now = new Date();
    const at = `attempts.${attempt - 1}`;
    const set: Record<string, unknown> = { state: to, [`${at}.state`]: to };
    for (const [key, value] of Object.entries(change)) set[`${at}.${key}`] = value;
    if (isTerminal(to)) set[`${at}.finishedAt`] = change.finishedAt ?? now;
    if (stopReason !== undefined) set['stopReason'] = stopReason;
    if (change.machineName !== undefined) set['machineName'] = change.machineName;
    if (placement) Object.assign(set, placed(placement));
    if (to === 'queued') Object.assign(set, NO_MACHINE);
    const leaves = to === 'queued' || isTerminal(to);
    const updated = await this.runs
      .findOneAndUpdate(
        { _id: new Types.ObjectId(runId), attempt, state: { $in: allowed }, ...(machineId && { machineId }) },
        {
          $set: set,
          ...(leaves && { $unset: NO_SEATS }),
          $push: { [`${at}.history`]: { $each: path.map((state) => ({ state, at: now })) } },
        },
        { returnDocument: 'after' },
      )
      .lean();
    return orNull(updated);
  }

  /**
   * `queued → assigned` on that seat of the machine and with those GPUs, or along `path`; `taken` when another run has
   * the seat or one of the GPUs, null when the run does not wait any more.
   */
  async assign(
    ref: AttemptRef,
    placement: Placement,
    path: RunState[] = ['assigned'],
    how: { machineId?: string; change?: AttemptChange } = {},
  ): Promise<RunRecord | 'taken' | null> {
    try {
      return await this.transition(ref, ['queued'], path, { ...how, placement });
    } catch (error) {
      if (isDuplicateKey(error, 'seat') || isDuplicateKey(error, 'gpuSeats')) return 'taken';
      throw error;
    }
  }

  /**
   * Ends the attempt in `ended` and begins the next one, which waits until `notBefore`; a pool's run then has no
   * machine.
   */
  async retry(
    ref: AttemptRef,
    from: readonly RunState[],
    ended: RunState,
    change: AttemptChange,
    { notBefore, anyMachine }: { notBefore: Date; anyMachine: boolean },
  ): Promise<RunRecord | null> {
    const now = new Date();
    const at = `attempts.${ref.attempt - 1}`;
    const set: Record<string, unknown> = {
      state: 'queued',
      attempt: ref.attempt + 1,
      notBefore,
      metrics: [],
      finals: [],
      [`${at}.state`]: ended,
      [`${at}.finishedAt`]: now,
    };
    for (const [key, value] of Object.entries(change)) set[`${at}.${key}`] = value;
    set[`attempts.${ref.attempt}`] = newAttempt(ref.attempt + 1, now);
    if (anyMachine) Object.assign(set, NO_MACHINE);
    const filter = {
      _id: new Types.ObjectId(ref.runId),
      attempt: ref.attempt,
      state: { $in: from.filter((state) => canTransition(state, 'queued')) },
    };
    const update = { $set: set, $unset: NO_SEATS, $push: { [`${at}.history`]: { state: ended, at: now } } };
    return orNull(await this.runs.findOneAndUpdate(filter, update, { returnDocument: 'after' }).lean());
  }
}

const NO_MACHINE = { machineId: null, machineName: null };
const NO_SEATS = { seat: '', gpuSeats: '' };

function placed({
  machineId,
  machineName,
  seat,
  gpus,
}: Placement): Pick<Run, 'machineId' | 'machineName' | 'seat' | 'gpuSeats'> {
  return {
    machineId,
    machineName,
    ...(seat !== undefined && { seat: `${machineId}/${seat}` }),
    ...(gpus.length > 0 && { gpuSeats: gpuSeats(machineId, gpus) }),
  };
}

function newAttempt(n: number, at: Date): Attempt {
  return {
    n,
    state: 'queued',
    machineId: null,
    machineName: null,
    createdAt: at,
    startedAt: null,
    finishedAt: null,
    exitCode: null,
    signal: null,
    reason: null,
    outputBytes: 0,
    outputSha256: null,
    history: [{ state: 'queued', at }],
  };
}

/** Whether `path` leads along arrows of the table when it starts at `state`. */
function follows(state: RunState, path: readonly RunState[]): boolean {
  return path.every((next, i) => canTransition(path[i - 1] ?? state, next));
}

function isDuplicateKey(error: unknown, key: string): boolean {
  const { code, keyPattern } = error as { code?: number; keyPattern?: Record<string, unknown> };
  return code === 11000 && keyPattern !== undefined && key in keyPattern;
}

const orNull = (run: Run | null): RunRecord | null => run && runRecord(run);
