import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isTerminal, type AttemptRef, type MetricList, type MetricQuery, type ResourceList, type ResourceQuery } from '@mle/protocol';
import { notFound } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { MachinesRepository } from '../../machines/machines.repository.js';
import { summariesOf, type SeriesState } from './metric-parser.js';
import { MetricsIngest } from './metrics-ingest.service.js';
import { MetricsService } from './metrics.service.js';
import { ResourcesService } from '../resources/resources.service.js';
import { RunAnnouncer } from '../../runs/waiting/run-announcer.service.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { RunsService } from '../../runs/life/runs.service.js';

/** The numbers of a run for its owner, and in the run itself. */
@Injectable()
export class RunMetricsService implements OnModuleInit {
  constructor(
    private readonly runs: RunsService,
    private readonly repository: RunsRepository,
    private readonly announcer: RunAnnouncer,
    private readonly metrics: MetricsService,
    private readonly ingest: MetricsIngest,
    private readonly resources: ResourcesService,
    private readonly machines: MachinesRepository,
  ) {}

  onModuleInit(): void {
    this.ingest.onStored((ref, series) => {
      this.note(ref, series).catch((error: unknown) => logger.debug({ err: error, ...ref }, 'the latest numbers were not noted in their run'));
    });
  }

  async list(ownerId: string, runId: string, query: MetricQuery): Promise<MetricList> {
    const { run, ref } = await this.attempt(ownerId, runId, query.attempt);
    return this.metrics.list(ref, ref.attempt < run.attempt || isTerminal(run.state), query);
  }

  async usage(ownerId: string, runId: string, query: ResourceQuery): Promise<ResourceList> {
    const { run, ref } = await this.attempt(ownerId, runId, query.attempt);
    const machineId = run.attempts[ref.attempt - 1]?.machineId;
    const inventory = machineId ? (await this.machines.get(machineId))?.inventory : null;
    const capacity = {
      cpus: inventory?.cpus ?? null,
      memoryBytes: inventory?.memoryBytes ?? null,
      gpuMemoryBytes: inventory && inventory.gpus.length > 0 ? inventory.gpus.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) : null,
    };
    return { ...(await this.resources.list(ref, query.points)), capacity };
  }

  private async attempt(ownerId: string, runId: string, n: number | undefined): Promise<{ run: RunRecord; ref: AttemptRef }> {
    const run = await this.runs.owned(ownerId, runId);
    const attempt = n ?? run.attempt;
    if (attempt > run.attempt) throw notFound('attempt');
    return { run, ref: { runId, attempt } };
  }

  private async note(ref: AttemptRef, series: readonly SeriesState[]): Promise<void> {
    const run = await this.repository.noteMetrics(ref, summariesOf(series));
    if (run) this.announcer.announce(run);
  }
}
