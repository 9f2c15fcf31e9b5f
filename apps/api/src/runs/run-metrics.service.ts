import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isTerminal, type AttemptRef, type MetricList, type MetricQuery } from '@mle/protocol';
import { notFound } from '../http/problem.js';
import { logger } from '../logging/logger.js';
import { summariesOf, type SeriesState } from '../metrics/metric-parser.js';
import { MetricsIngest } from '../metrics/metrics-ingest.service.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { RunAnnouncer } from '../waiting/run-announcer.service.js';
import { RunsRepository } from './runs.repository.js';
import { RunsService } from './runs.service.js';

/** The numbers of a run for its owner, and in the run itself. */
@Injectable()
export class RunMetricsService implements OnModuleInit {
  constructor(
    private readonly runs: RunsService,
    private readonly repository: RunsRepository,
    private readonly announcer: RunAnnouncer,
    private readonly metrics: MetricsService,
    private readonly ingest: MetricsIngest,
  ) {}

  onModuleInit(): void {
    this.ingest.onStored((ref, series) => {
      this.note(ref, series).catch((error: unknown) => logger.debug({ err: error, ...ref }, 'the latest numbers were not noted in their run'));
    });
  }

  async list(ownerId: string, runId: string, query: MetricQuery): Promise<MetricList> {
    const run = await this.runs.owned(ownerId, runId);
    const attempt = query.attempt ?? run.attempt;
    if (attempt > run.attempt) throw notFound('attempt');
    return this.metrics.list({ runId, attempt }, attempt < run.attempt || isTerminal(run.state), query);
  }

  private async note(ref: AttemptRef, series: readonly SeriesState[]): Promise<void> {
    const run = await this.repository.noteMetrics(ref, summariesOf(series));
    if (run) this.announcer.announce(run);
  }
}
