import type { AttemptRef } from '@mle/protocol';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { summariesOf } from '../../results/metrics/metric-summary.js';
import { MetricsIngest } from '../../results/metrics/metrics-ingest.service.js';
import type { SeriesState } from '../../results/metrics/reader/series-book.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { RunAnnouncer } from '../waiting/run-announcer.service.js';

/** Keeps the latest numbers of a run in the run itself, where lists show them. */
@Injectable()
export class MetricNotes implements OnModuleInit {
  constructor(
    private readonly runs: RunsRepository,
    private readonly announcer: RunAnnouncer,
    private readonly ingest: MetricsIngest,
  ) {}

  onModuleInit(): void {
    this.ingest.pointsStored.on((ref, series) => {
      this.note(ref, series).catch((error: unknown) => {
        logger.debug({ err: error, ...ref }, 'the latest numbers were not noted in their run');
      });
    });
  }

  private async note(ref: AttemptRef, series: readonly SeriesState[]): Promise<void> {
    const run = await this.runs.noteMetrics(ref, summariesOf(series));
    if (run) this.announcer.announce(run);
  }
}
