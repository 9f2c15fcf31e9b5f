import { ENDED_STATES } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../platform/database/ids.js';
import { Run } from './run.schema.js';
import { type RunRecord, runRecord } from './run-view.js';

/** Which run came before a run, and in what it differs from that one. */
@Injectable()
export class RunComparisonsRepository {
  constructor(@InjectModel(Run.name) private readonly runs: Model<Run>) {}

  /** The last run of the file that has ended, and that somebody started by itself. */
  async lastEnded(projectId: string, file: string): Promise<RunRecord | null> {
    const ended = { projectId, file, state: { $in: [...ENDED_STATES] }, role: null };
    const found = await this.runs.findOne(ended).sort({ number: -1 }).lean();
    return found && runRecord(found);
  }

  /** Once and for all; null when it was noted earlier. */
  async note(id: string, noted: Required<Pick<Run, 'before' | 'changes'>>): Promise<RunRecord | null> {
    const unnoted = { _id: objectId(id), before: { $exists: false } };
    const updated = await this.runs.findOneAndUpdate(unnoted, { $set: noted }, { returnDocument: 'after' }).lean();
    return updated && runRecord(updated);
  }

  /** What is known of it when its program was read. */
  async describe(id: string, described: Required<Pick<Run, 'knobs' | 'changes'>>): Promise<RunRecord | null> {
    const updated = await this.runs
      .findOneAndUpdate({ _id: objectId(id) }, { $set: described }, { returnDocument: 'after' })
      .lean();
    return updated && runRecord(updated);
  }
}
