import type { AttemptRef } from '@mle/protocol';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import type { AttemptNumbers } from '../../results/metrics/attempt-metrics.js';
import { summaryOf } from '../../results/metrics/metric-summary.js';
import { MetricsIngest } from '../../results/metrics/metrics-ingest.service.js';
import { Rereading } from '../../results/metrics/rereading.service.js';
import { RunsRepository } from '../../run-records/runs.repository.js';
import { RunAnnouncer } from '../waiting/run-announcer.service.js';

/** Keeps the latest numbers of a run in the run itself, where lists show them. */
@Injectable()
export class MetricNotes implements OnModuleInit {
  constructor(
    private readonly runs: RunsRepository,
    private readonly announcer: RunAnnouncer,
    private readonly ingest: MetricsIngest,
    private readonly rereading: Rereading,
  ) {}

  onModuleInit(): void {
    for (const told of [this.ingest.pointsStored, this.rereading.readAgain])
      told.on((ref, numbers) => {
        this.note(ref, numbers).catch((error: unknown) => {
          logger.debug({ err: error, ...ref }, 'the latest numbers were not noted in their run');
        });
      });
  }

  private async note(ref: AttemptRef, numbers: AttemptNumbers): Promise<void> {
    const run = await this.runs.noteNumbers(ref, summaryOf(numbers));
    if (run) this.announcer.announce(run);
  }
}
