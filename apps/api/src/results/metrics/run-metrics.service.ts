import {
  type FoundList,
  isTerminal,
  type MetricList,
  type MetricQuery,
  type MetricsOfRuns,
  type MetricsOfRunsQuery,
  type ResourceList,
  type ResourceQuery,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { MachinesRepository } from '../../machines/machines.repository.js';
import { OwnedRunsRepository } from '../../run-records/owned-runs.repository.js';
import { OwnedRuns } from '../../run-records/owned-runs.service.js';
import { ResourcesService } from '../resources/resources.service.js';
import { FoundNames } from './found.service.js';
import { MetricsService } from './metrics.service.js';

/** The numbers of a run for its owner. */
@Injectable()
export class RunMetricsService {
  constructor(
    private readonly runs: OwnedRuns,
    private readonly records: OwnedRunsRepository,
    private readonly metrics: MetricsService,
    private readonly foundNames: FoundNames,
    private readonly resources: ResourcesService,
    private readonly machines: MachinesRepository,
  ) {}

  async list(ownerId: string, runId: string, query: MetricQuery): Promise<MetricList> {
    const { run, ref } = await this.runs.attempt(ownerId, runId, query.attempt);
    return this.metrics.list(ref, ref.attempt < run.attempt || isTerminal(run.state), query);
  }

  /** Of the latest attempts, one run after the other; runs that are gone are left out. */
  async ofRuns(ownerId: string, { runs, ...query }: MetricsOfRunsQuery): Promise<MetricsOfRuns> {
    const items: MetricsOfRuns['items'] = [];
    for (const { id, attempt, state } of await this.records.byIds(ownerId, [...new Set(runs)])) {
      const ref = { runId: id, attempt };
      items.push({ runId: id, series: await this.metrics.glance(ref, isTerminal(state), query) });
    }
    return { items };
  }

  async found(ownerId: string, runId: string, attempt: number | undefined): Promise<FoundList> {
    const { run, ref } = await this.runs.attempt(ownerId, runId, attempt);
    return this.foundNames.list(ref, ref.attempt < run.attempt || isTerminal(run.state));
  }

  async usage(ownerId: string, runId: string, query: ResourceQuery): Promise<ResourceList> {
    const { run, ref } = await this.runs.attempt(ownerId, runId, query.attempt);
    const machineId = run.attempts[ref.attempt - 1]?.machineId;
    const inventory = machineId ? (await this.machines.get(machineId))?.inventory : null;
    const capacity = {
      cpus: inventory?.cpus ?? null,
      memoryBytes: inventory?.memoryBytes ?? null,
      gpuMemoryBytes:
        inventory && inventory.gpus.length > 0
          ? inventory.gpus.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
          : null,
    };
    return { ...(await this.resources.list(ref, query.points)), capacity };
  }
}
