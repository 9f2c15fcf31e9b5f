import { Injectable } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { KnobsService } from '../../projects/knobs/knobs.service.js';
import { SnapshotsService } from '../../projects/snapshots/snapshots.service.js';
import type { GivenParams } from '../../run-records/run.schema.js';
import type { NewRun } from '../../run-records/runs.repository.js';

/** What of a run has to be known for its parameters to reach it. */
type Program = Pick<NewRun, 'file' | 'params' | 'seed' | 'seeded' | 'settings' | 'snapshotId'>;

/** Gives the parameters of a run, and the seed that was asked for, to its program: in its own copy of the file, as options, or by the environment. */
@Injectable()
export class ParamsGiver {
  constructor(
    private readonly knobs: KnobsService,
    private readonly snapshots: SnapshotsService,
  ) {}

  async give<T extends Program>(run: T): Promise<T & { given?: GivenParams }> {
    const { file, params, settings, snapshotId } = run;
    const seed = run.seeded ? run.seed : null;
    if (file === null || (Object.keys(params).length === 0 && seed === null)) return run;
    try {
      const entry = (await this.snapshots.manifest(snapshotId)).files.find(({ path }) => path === file);
      if (entry === undefined) return run;
      const command = settings?.command ?? null;
      const { source, ...given } = await this.knobs.set({ path: file, sha256: entry.sha256, params, seed, command });
      const own = source === null ? null : await this.snapshots.withText(snapshotId, file, source);
      return { ...run, given: { ...given, snapshotId: own } };
    } catch (error) {
      logger.warn({ err: error, projectFile: file }, 'the parameters of a run were left to its environment');
      const warning = `${file} could not be searched for what its parameters set: they are in the environment only.`;
      return { ...run, given: { snapshotId: null, args: [], env: params, set: [], warnings: [warning] } };
    }
  }
}
