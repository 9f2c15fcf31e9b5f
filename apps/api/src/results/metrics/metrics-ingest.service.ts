import { type AttemptRef, type MetricUpdate } from '@mle/protocol';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { Signal } from '../../platform/signals/signal.js';
import { RunHooks } from '../../run-records/run-hooks.js';
import { OutputService } from '../output/output.service.js';
import { OutputIngest } from '../output/output-ingest.service.js';
import { AttemptMetrics, Overtaken } from './attempt-metrics.js';
import { downsample } from './downsample.js';
import { columns } from './metric-view.js';
import { MetricsRepository } from './metrics.repository.js';
import { ReadBudget } from './read-budget.js';
import type { SeriesState } from './reader/series-book.js';

/** Between two updates of a run to its watchers. */
const UPDATE_MS = 250;
/** Points of one series in one update. */
const UPDATE_POINTS = 500;

interface Entry {
  metrics: AttemptMetrics;
  timer: NodeJS.Timeout | null;
  toldAt: number;
}

/** Reads the numbers of all runs whose output this process stores. */
@Injectable()
export class MetricsIngest implements OnModuleInit, OnModuleDestroy {
  /** How the series of an attempt stand, at most once a second. */
  readonly pointsStored = new Signal<[ref: AttemptRef, series: SeriesState[]]>();
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly ingest: OutputIngest,
    private readonly output: OutputService,
    private readonly repository: MetricsRepository,
    private readonly events: EventsService,
    private readonly runs: RunHooks,
  ) {}

  onModuleInit(): void {
    this.runs.onDelete.add((runIds) => this.removeRuns(runIds));
    this.ingest.chunkStored.on((ref, chunk) => this.entry(ref, chunk.from === 0).metrics.accept(chunk));
    this.ingest.onRestart.add((ref) => this.restart(ref));
    this.events.on('attempt.ended', (ref) => {
      if (!this.entries.has(key(ref))) return;
      this.settle(ref).catch((error: unknown) =>
        logger.warn(
          { err: error, ...ref },
          'the last points of an attempt were not stored; they are read when they are asked for',
        ),
      );
    });
  }

  onModuleDestroy(): void {
    for (const entry of this.entries.values()) release(entry);
    this.entries.clear();
  }

  /**
   * The end of an attempt whose output is complete: resolves with its series when all points are stored. `outputBytes`:
   * where it is known how much was stored.
   */
  async settle(ref: AttemptRef, outputBytes?: number): Promise<SeriesState[]> {
    const entry = this.entry(ref, false);
    try {
      await entry.metrics.finish(outputBytes ?? (await this.output.storedBytes(ref)));
      this.tell(ref, entry);
      return entry.metrics.series;
    } finally {
      // After a failure the next one begins with what is stored.
      this.drop(ref, entry);
    }
  }

  /** Resolves when all is stored that this process has read of the attempt. */
  async flush(ref: AttemptRef): Promise<void> {
    await this.entries.get(key(ref))?.metrics.reach(0);
  }

  async removeRuns(runIds: readonly string[]): Promise<void> {
    for (const [name, entry] of this.entries) {
      if (!runIds.some((runId) => name.startsWith(`${runId}-`))) continue;
      release(entry);
      this.entries.delete(name);
    }
    await this.repository.removeRuns(runIds);
  }

  private async restart(ref: AttemptRef): Promise<void> {
    const entry = this.entries.get(key(ref));
    if (entry) this.drop(ref, entry);
    await this.repository.removeAttempt(ref);
  }

  private entry(ref: AttemptRef, isNew: boolean): Entry {
    const known = this.entries.get(key(ref));
    if (known) return known;
    const entry: Entry = { metrics: this.metrics(ref, isNew, () => entry), timer: null, toldAt: 0 };
    this.entries.set(key(ref), entry);
    return entry;
  }

  private metrics(ref: AttemptRef, isNew: boolean, entry: () => Entry): AttemptMetrics {
    return new AttemptMetrics(ref, isNew, {
      repository: this.repository,
      output: (of, from, to) => this.output.chunks(of, from, to),
      budget: new ReadBudget(),
      onPoints: () => this.tellSoon(ref, entry()),
      onStored: () => this.pointsStored.emit(ref, entry().metrics.series),
      onSampled: () =>
        logger.warn(ref, 'a run prints faster than its lines are read for numbers: some are passed over'),
      onFailure: (error) => {
        if (error instanceof Overtaken) this.drop(ref, entry());
        else logger.warn({ err: error, ...ref }, 'points were not stored; they are read again');
      },
    });
  }

  private drop(ref: AttemptRef, entry: Entry): void {
    release(entry);
    if (this.entries.get(key(ref)) === entry) this.entries.delete(key(ref));
  }

  private tellSoon(ref: AttemptRef, entry: Entry): void {
    entry.timer ??= setTimeout(() => this.tell(ref, entry), Math.max(0, entry.toldAt + UPDATE_MS - Date.now()));
  }

  private tell(ref: AttemptRef, entry: Entry): void {
    if (entry.timer) clearTimeout(entry.timer);
    entry.timer = null;
    entry.toldAt = Date.now();
    const counts = new Map(entry.metrics.series.map(({ name, count }) => [name, count]));
    const series = entry.metrics.takeFresh().map((points): MetricUpdate['series'][number] => {
      const count = counts.get(points.name) ?? points.x.length;
      return {
        name: points.name,
        axis: points.axis,
        first: count - points.x.length,
        count,
        ...columns(downsample(points, UPDATE_POINTS)),
      };
    });
    if (series.length > 0) this.events.emit('metrics', { ...ref, series });
  }
}

function release(entry: Entry): void {
  entry.metrics.close();
  if (entry.timer) clearTimeout(entry.timer);
}

const key = ({ runId, attempt }: AttemptRef): string => `${runId}-${attempt}`;
