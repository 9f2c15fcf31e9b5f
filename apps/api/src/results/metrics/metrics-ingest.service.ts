import { setTimeout as sleep } from 'node:timers/promises';
import { type AttemptRef, type MetricUpdate } from '@mle/protocol';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { isOutage } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { Signal } from '../../platform/signals/signal.js';
import { RunHooks } from '../../run-records/run-hooks.js';
import { OutputService } from '../output/output.service.js';
import { OutputIngest } from '../output/output-ingest.service.js';
import { AttemptMetrics, type AttemptNumbers, Overtaken } from './attempt-metrics.js';
import { downsample } from './downsample.js';
import { MetricRulesService } from './metric-rules.service.js';
import { columns } from './metric-view.js';
import { MetricsRepository } from './metrics.repository.js';
import { ReadingThread } from './reading-thread.service.js';

/** Between two updates of a run to its watchers. */
const UPDATE_MS = 250;
/** Points of one series in one update. */
const UPDATE_POINTS = 500;

/** A run that printed very much does not end later for it: its last points follow. */
const SETTLE_MS = 2_000;
const UNSETTLED = 'the last points of an attempt were not stored; they are read when they are asked for';

interface Entry {
  metrics: AttemptMetrics;
  timer: NodeJS.Timeout | null;
  toldAt: number;
}

/** Reads the numbers of all runs whose output this process stores. */
@Injectable()
export class MetricsIngest implements OnModuleInit, OnModuleDestroy {
  /** How the numbers of an attempt stand, at most once a second. */
  readonly pointsStored = new Signal<[ref: AttemptRef, numbers: AttemptNumbers]>();
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly ingest: OutputIngest,
    private readonly output: OutputService,
    private readonly repository: MetricsRepository,
    private readonly events: EventsService,
    private readonly runs: RunHooks,
    private readonly thread: ReadingThread,
    private readonly rules: MetricRulesService,
  ) {}

  onModuleInit(): void {
    this.runs.onDelete.add((runIds) => this.removeRuns(runIds));
    this.ingest.chunkStored.on((ref, chunk) => this.entry(ref, chunk.from === 0).metrics.accept(chunk));
    this.ingest.onRestart.add((ref) => this.restart(ref));
    this.events.on('attempt.ended', (ref) => {
      if (!this.entries.has(key(ref))) return;
      this.settle(ref).catch((error: unknown) => logger.warn({ err: error, ...ref }, UNSETTLED));
    });
  }

  onModuleDestroy(): void {
    for (const entry of this.entries.values()) release(entry);
    this.entries.clear();
  }

  /**
   * The end of an attempt whose output is complete: resolves with its numbers when all points are stored, or after
   * `SETTLE_MS` with those read until then, while reading goes on; also where they cannot be read, for the run ends all
   * the same. `outputBytes`: where it is known how much was stored.
   */
  async settle(ref: AttemptRef, outputBytes?: number): Promise<AttemptNumbers> {
    const entry = this.entry(ref, false);
    const settled = this.readToEnd(ref, outputBytes).catch((error: unknown) => {
      if (isOutage(error)) throw error;
      logger.warn({ err: error, ...ref }, UNSETTLED);
      return null;
    });
    const numbers = await Promise.race([settled, sleep(SETTLE_MS, null, { ref: false })]);
    if (numbers) return numbers;
    settled.catch((error: unknown) => logger.warn({ err: error, ...ref }, UNSETTLED));
    return entry.metrics.numbers;
  }

  /** Reads an attempt that has ended by the rules of today, however long that takes. */
  async readAgain(ref: AttemptRef): Promise<AttemptNumbers> {
    return this.readToEnd(ref);
  }

  /** What goes on is read by the new rules from its beginning, with the next output that it prints. */
  beginAgain(runIds: ReadonlySet<string>): void {
    for (const [name, entry] of this.entries) {
      if (!runIds.has(name.slice(0, name.indexOf('-'))) || entry.metrics.isFinishing) continue;
      release(entry);
      this.entries.delete(name);
    }
  }

  /** Resolves when all is stored that this process has read of the attempt. */
  async flush(ref: AttemptRef): Promise<void> {
    const entry = this.entries.get(key(ref));
    if (!entry) return;
    try {
      await entry.metrics.flush();
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      this.drop(ref, entry);
    }
  }

  /** Output of the attempt waits here to be read; of one that has `ended`, be it a single line. */
  isBehind(ref: AttemptRef, ended: boolean): boolean {
    const metrics = this.entries.get(key(ref))?.metrics;
    return metrics !== undefined && (metrics.isBehind || (ended && metrics.isFinishing));
  }

  async removeRuns(runIds: readonly string[]): Promise<void> {
    for (const [name, entry] of this.entries) {
      if (!runIds.some((runId) => name.startsWith(`${runId}-`))) continue;
      release(entry);
      this.entries.delete(name);
    }
    await this.repository.removeRuns(runIds);
  }

  /** Where another process was faster, this one goes on with what is stored. */
  private async readToEnd(ref: AttemptRef, outputBytes?: number): Promise<AttemptNumbers> {
    try {
      return await this.settleEntry(ref, this.entry(ref, false), outputBytes);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      return this.settleEntry(ref, this.entry(ref, false), outputBytes);
    }
  }

  private async settleEntry(ref: AttemptRef, entry: Entry, outputBytes?: number): Promise<AttemptNumbers> {
    try {
      await entry.metrics.finish(outputBytes ?? (await this.output.storedBytes(ref)));
      this.tell(ref, entry);
      return entry.metrics.numbers;
    } finally {
      // After a failure the next one begins with what is stored.
      this.drop(ref, entry);
    }
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
      rules: () => this.rules.ofRun(ref.runId),
      output: (of, from, to) => this.output.chunks(of, from, to),
      thread: this.thread,
      onPoints: () => this.tellSoon(ref, entry()),
      onStored: () => this.pointsStored.emit(ref, entry().metrics.numbers),
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
