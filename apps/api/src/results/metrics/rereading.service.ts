import type { MetricSettings } from '@mle/protocol';
import type { AttemptRef } from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { Signal } from '../../platform/signals/signal.js';
import { RunReadingsRepository } from '../../run-records/run-readings.repository.js';
import type { AttemptNumbers } from './attempt-metrics.js';
import { MetricRulesService, readingRules } from './metric-rules.service.js';
import { MetricsIngest } from './metrics-ingest.service.js';
import { readBy } from './reader/output-reader.js';

/**
 * Reads the outputs of earlier runs again when the rules of their project are others, or ours are: one run after the
 * other, the newest first, while the server goes on. What is left to do stands in the runs, so that it goes on after a
 * restart.
 */
@Injectable()
export class Rereading implements OnApplicationBootstrap, OnModuleDestroy {
  /** A run was read again. */
  readonly readAgain = new Signal<[ref: AttemptRef, numbers: AttemptNumbers]>();
  private readonly waiting = new Set<string>();
  private working: Promise<void> | null = null;
  private ended = false;

  constructor(
    private readonly rules: MetricRulesService,
    private readonly runs: RunReadingsRepository,
    private readonly ingest: MetricsIngest,
  ) {}

  onApplicationBootstrap(): void {
    this.runs.projects().then(
      (projects) => this.start(...projects),
      (error: unknown) =>
        logger.warn({ err: error }, 'runs of earlier versions are not read again until they are opened'),
    );
  }

  async onModuleDestroy(): Promise<void> {
    this.ended = true;
    await this.working;
  }

  start(...projectIds: string[]): void {
    if (this.ended) return;
    for (const projectId of projectIds) this.waiting.add(projectId);
    this.working ??= this.work().finally(() => (this.working = null));
  }

  async progress(projectId: string): Promise<MetricSettings['rereading']> {
    const wanted = await this.wanted(projectId);
    const { total, left } = await this.runs.count(projectId, wanted);
    if (left === 0) return null;
    const isCancelled = (await this.rules.cancelled(projectId)) === wanted;
    return { done: total - left, total, state: isCancelled ? 'cancelled' : 'reading' };
  }

  async cancel(projectId: string): Promise<void> {
    await this.rules.cancel(projectId, await this.wanted(projectId));
  }

  async resume(projectId: string): Promise<void> {
    await this.rules.cancel(projectId, null);
    this.start(projectId);
  }

  private async wanted(projectId: string): Promise<string> {
    return readBy(readingRules(await this.rules.of(projectId)).key);
  }

  private async work(): Promise<void> {
    for (const projectId of this.waiting) {
      this.waiting.delete(projectId);
      try {
        await this.project(projectId);
      } catch (error) {
        logger.warn({ err: error, projectId }, 'earlier runs were not read again; the next start goes on');
      }
      if (this.ended) return;
    }
  }

  private async project(projectId: string): Promise<void> {
    const wanted = await this.wanted(projectId);
    for await (const ref of this.runs.unread(projectId, wanted)) {
      if (this.ended || this.waiting.has(projectId) || (await this.rules.cancelled(projectId)) === wanted) return;
      try {
        this.readAgain.emit(ref, await this.ingest.readAgain(ref));
      } catch (error) {
        logger.warn({ err: error, ...ref }, 'a run was not read again');
      }
    }
  }
}
