import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { Run } from './run.schema.js';

/** How long a run had a machine. */
interface RunTime {
  projectId: string;
  projectName: string;
  machineId: string;
  ms: number;
}

/** For how long runs had their machines. */
@Injectable()
export class RunTimesRepository {
  constructor(@InjectModel(Run.name) private readonly runs: Model<Run>) {}

  /** Calls `take` for each attempt of the owner's runs on the machines, with its time since an instant. */
  async each(
    ownerId: string,
    machineIds: readonly string[],
    since: Date,
    take: (time: RunTime) => void,
  ): Promise<void> {
    if (machineIds.length === 0) return;
    const found = this.runs
      .find({ ownerId, machineId: { $in: machineIds } }, { projectId: 1, projectName: 1, attempts: 1 })
      .lean<Pick<Run, 'projectId' | 'projectName' | 'attempts'>[]>()
      .cursor();
    for await (const { projectId, projectName, attempts } of found)
      for (const { machineId, startedAt, finishedAt } of attempts) {
        if (machineId === null || !startedAt || !machineIds.includes(machineId)) continue;
        const ms = (finishedAt?.getTime() ?? Date.now()) - Math.max(startedAt.getTime(), since.getTime());
        if (ms > 0) take({ projectId, projectName, machineId, ms });
      }
  }
}
