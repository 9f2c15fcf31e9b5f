import {
  type FoundList,
  isTerminal,
  type MetricList,
  type MetricQuery,
  type ResourceList,
  type ResourceQuery,
} from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { MachinesRepository } from '../../machines/machines.repository.js';
import { OwnedRuns } from '../../run-records/owned-runs.service.js';
import { ResourcesService } from '../resources/resources.service.js';
import { FoundNames } from './found.service.js';
import { MetricsService } from './metrics.service.js';

/** The numbers of a run for its owner. */
@Injectable()
export class RunMetricsService {
  constructor(
    private readonly runs: OwnedRuns,
    private readonly metrics: MetricsService,
    private readonly foundNames: FoundNames,
    private readonly resources: ResourcesService,
    private readonly machines: MachinesRepository,
  ) {}

  async list(ownerId: string, runId: string, query: MetricQuery): Promise<MetricList> {
    const { run, ref } = await this.runs.attempt(ownerId, runId, query.attempt);
    return this.metrics.list(ref, ref.attempt < run.attempt || isTerminal(run.state), query);
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
