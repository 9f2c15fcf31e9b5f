import { type AttemptRef, ENDED_STATES } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../platform/database/ids.js';
import { Run } from './run.schema.js';

/** By which rules the outputs of runs were read. */
@Injectable()
export class RunReadingsRepository {
  constructor(@InjectModel(Run.name) private readonly runs: Model<Run>) {}

  async projectOf(runId: string): Promise<string | null> {
    return (await this.runs.findById(objectId(runId), { projectId: 1 }).lean())?.projectId ?? null;
  }

  async projects(): Promise<string[]> {
    return this.runs.distinct('projectId');
  }

  /** Runs that have ended, and of these the ones that were read by other rules. */
  async count(projectId: string, readBy: string): Promise<{ total: number; left: number }> {
    const ended = { projectId, state: { $in: [...ENDED_STATES] } };
    const [total, left] = await Promise.all([
      this.runs.countDocuments(ended),
      this.runs.countDocuments({ ...ended, readBy: { $ne: readBy } }),
    ]);
    return { total, left };
  }

  /** Those that were read by other rules, the newest first. */
  async *unread(projectId: string, readBy: string): AsyncGenerator<AttemptRef> {
    const rows = this.runs
      .find({ projectId, state: { $in: [...ENDED_STATES] }, readBy: { $ne: readBy } }, { attempt: 1 })
      .sort({ number: -1 })
      .lean()
      .cursor({ batchSize: 50 });
    for await (const { _id, attempt } of rows) yield { runId: _id.toHexString(), attempt };
  }

  async activeOf(projectId: string): Promise<string[]> {
    const rows = await this.runs.find({ projectId, state: { $nin: [...ENDED_STATES] } }, { _id: 1 }).lean();
    return rows.map(({ _id }) => _id.toHexString());
  }
}
