import type { RunGroups as RunGroupsView, RunGroupsQuery } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { OwnedRunsRepository } from '../../run-records/owned-runs.repository.js';
import { hasKnobs, knobFilters } from './knob-filter.js';
import { GROUP_FIELDS, RunGroups } from './run-groups.js';

/** What the values of a knob did, over the newest `LIMITS.comparedRuns` runs of the filter. */
@Injectable()
export class RunGroupsService {
  constructor(private readonly runs: OwnedRunsRepository) {}

  async by(ownerId: string, query: RunGroupsQuery): Promise<RunGroupsView> {
    const at = query.by.indexOf('.');
    const of = query.by.slice(0, at) === 'params' ? 'params' : 'knobs';
    const groups = new RunGroups({ of, name: query.by.slice(at + 1) });
    const knobs = knobFilters(query);
    for await (const run of this.runs.some(ownerId, query, GROUP_FIELDS)) if (hasKnobs(run, knobs)) groups.add(run);
    return { items: groups.items };
  }
}
