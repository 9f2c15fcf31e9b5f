import { ACTIVE_STATES } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
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
export type TrialRun = Pick<RunRecord, 'id' | 'trial' | Exclude<keyof typeof FIELDS, 'trial'>>;

/** Reads the runs of sweeps, and how much else is on the machines that they want. */
@Injectable()
export class TrialsRepository {
  constructor(@InjectModel(Run.name) private readonly runs: Model<Run>) {}

  /** In the order in which they were made. */
  async of(sweepId: string): Promise<TrialRun[]> {
    const found = await this.runs.find({ 'trial.sweepId': sweepId }, FIELDS).sort({ _id: 1 }).lean();
    return found.map(({ _id, ...run }) => ({ ...run, id: _id.toHexString() }));
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
