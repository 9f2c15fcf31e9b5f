import { ACTIVE_STATES } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, Types } from 'mongoose';
import { objectId } from '../platform/database/ids.js';
import { Run } from './run.schema.js';
import type { RunRecord } from './run-view.js';

const FIELDS = {
  number: 1,
  ownerId: 1,
  role: 1,
  trial: 1,
  seed: 1,
  state: 1,
  attempt: 1,
  attempts: 1,
  machineId: 1,
  machineName: 1,
  metrics: 1,
  finals: 1,
  readBy: 1,
} as const;

/** A run of a sweep, as far as its sweep has to know. */
export type TrialRun = Pick<RunRecord, 'id' | 'trial' | Exclude<keyof typeof FIELDS, 'trial'>> & {
  /** It was made before the sweep, which has it in this place and does not own it. */
  taken?: true;
};

const PROGRAM_FIELDS = { params: 1, args: 1, env: 1, needs: 1, settings: 1, given: 1, knobs: 1 } as const;
/** Of those that a sweep may have in place of its own. */
const MOST_EARLIER = 1_000;

/** A run that was made before, with all that decided how it went. */
export type EarlierRun = TrialRun & Pick<RunRecord, keyof typeof PROGRAM_FIELDS>;

/** A sweep, as far as runs belong to it. */
interface SweepOfRuns {
  id: string;
  /** Runs that were made before, in the places of its first value. */
  taken?: readonly { runId: string }[];
}
/** What a sweep that is to take earlier runs starts with. */
type Repeated = Pick<RunRecord, 'ownerId' | 'projectId' | 'file' | 'command' | 'snapshotId'>;

/** Reads the runs of sweeps, and how much else is on the machines that they want. */
@Injectable()
export class TrialsRepository {
  constructor(@InjectModel(Run.name) private readonly runs: Model<Run>) {}

  /** Those that the sweep made, in the order in which they were made. */
  async of(sweepId: string): Promise<TrialRun[]> {
    return (await this.runs.find({ 'trial.sweepId': sweepId }, FIELDS).sort({ _id: 1 }).lean()).map(withId);
  }

  /** Those that count for it: with the ones that it took, as far as they are still there. */
  async counting({ id: sweepId, taken = [] }: SweepOfRuns): Promise<TrialRun[]> {
    const own = await this.of(sweepId);
    if (taken.length === 0) return own;
    const chosen = { _id: { $in: taken.map(({ runId }) => objectId(runId)) } };
    const found = (await this.runs.find(chosen, FIELDS).lean()).map(withId);
    const trial = { sweepId, setting: 0, round: 0 };
    return [...found.map((run) => ({ ...run, trial, taken: true as const })), ...own];
  }

  /** Runs of the same files that succeeded with one of these seeds, the newest first; none of a dial. */
  async before(sweep: Repeated, fromSeed: number, toSeed: number): Promise<EarlierRun[]> {
    const { ownerId, projectId, file, command, snapshotId } = sweep;
    const alike = { ownerId, projectId, file, command, snapshotId, state: 'succeeded', role: { $ne: 'dial' } } as const;
    const seed = { $gte: fromSeed, $lt: toSeed };
    const fields = { ...FIELDS, ...PROGRAM_FIELDS };
    const found = this.runs
      .find({ ...alike, seed }, fields)
      // Few runs have the very same files, however many the project has.
      .hint({ snapshotId: 1 })
      .sort({ number: -1 })
      .limit(MOST_EARLIER);
    return (await found.lean()).map(withId);
  }

  /** Runs that are on the machine or wait for it; no more than `limit` are counted. */
  async countOn(machineId: string, limit: number): Promise<number> {
    return this.runs.countDocuments({ state: { $in: [...ACTIVE_STATES] }, machineId }, { limit });
  }

  /** Runs that wait for any machine of the pool; no more than `limit` are counted. */
  async countWaitingFor(poolId: string, limit: number): Promise<number> {
    return this.runs.countDocuments({ state: 'queued', targetPoolId: poolId, machineId: null }, { limit });
  }
}

const withId = <R extends { _id: Types.ObjectId }>({ _id, ...run }: R): Omit<R, '_id'> & { id: string } => ({
  ...run,
  id: _id.toHexString(),
});
