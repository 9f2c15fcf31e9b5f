import type { AttemptRef, MetricList, MetricQuery } from '@mle/protocol';
import { Injectable } from '@nestjs/common';
import { Downsampler } from './downsample.js';
import { MetricRulesService } from './metric-rules.service.js';
import { columns } from './metric-view.js';
import { ChunksChanged, MetricsRepository } from './metrics.repository.js';
import { MetricsIngest } from './metrics-ingest.service.js';
import { droppedPoints, isCurrent, type ReaderState } from './reader/output-reader.js';
import { keptSeries } from './reader/series.js';

const TRIES = 5;
/** Points of all series of a run. */
const MOST_GLANCED = 100_000;

/** Reads stored points. */
@Injectable()
export class MetricsService {
  constructor(
    private readonly ingest: MetricsIngest,
    private readonly repository: MetricsRepository,
    private readonly rules: MetricRulesService,
  ) {}

  /** `ended`: no more output comes, so that whatever was not read at its end is read now. */
  async list(ref: AttemptRef, ended: boolean, query: Pick<MetricQuery, 'names' | 'points'>): Promise<MetricList> {
    // Asked before each look at what is stored: what is caught up while it is read is not in it.
    const wasBehind = this.ingest.isBehind(ref, ended);
    await this.readNow(ref, ended);
    for (let tries = 1; ; tries++) {
      try {
        const isBehind = (wasBehind && !ended) || this.ingest.isBehind(ref, ended);
        return await this.read(ref, isBehind, query);
      } catch (error) {
        if (!(error instanceof ChunksChanged) || tries === TRIES) throw error;
      }
    }
  }

  /** The series of an attempt for a look at many of them: none where that would read too much. */
  async glance(
    ref: AttemptRef,
    ended: boolean,
    query: Pick<MetricQuery, 'names' | 'points'>,
  ): Promise<MetricList['series']> {
    const counts = ((await this.state(ref))?.book.series ?? []).map(({ count }) => count);
    const stored = counts.reduce((sum, count) => sum + count, 0);
    return stored > MOST_GLANCED ? [] : (await this.list(ref, ended, query)).series;
  }

  /** Resolves when what was printed until now is read, as far as that takes a moment. */
  async readNow(ref: AttemptRef, ended: boolean): Promise<void> {
    if (ended) await this.ingest.settle(ref);
    else await this.ingest.flush(ref);
  }

  /** How the numbers of the attempt stand; null when they are not read, or by other rules. */
  async state(ref: AttemptRef): Promise<ReaderState | null> {
    const [last, { key }] = await Promise.all([this.repository.last(ref), this.rules.ofRun(ref.runId)]);
    return last && isCurrent(last.state, key) ? last.state : null;
  }

  private async read(
    ref: AttemptRef,
    isBehind: boolean,
    { names, points }: Pick<MetricQuery, 'names' | 'points'>,
  ): Promise<MetricList> {
    const state = await this.state(ref);
    const wanted = keptSeries(state?.book.series ?? []).filter(
      ({ name }) => names === undefined || names.includes(name),
    );
    const samplers = new Map(wanted.map((series) => [series.name, new Downsampler(series, points)]));
    // Points that are stored while this reads would be beyond their series' range and count.
    const left = new Map(wanted.map(({ name, count }) => [name, count]));
    if (samplers.size > 0) {
      for await (const parts of this.repository.read(ref)) {
        for (const { name, x, y, time } of parts) {
          const room = left.get(name) ?? 0;
          left.set(name, room - x.length);
          samplers
            .get(name)
            ?.push(room >= x.length ? { x, y, time } : { x: x.subarray(0, Math.max(0, room)), y, time });
        }
      }
    }
    const series = wanted.map(({ name, axis, count }) => ({
      name,
      axis,
      count,
      ...columns(samplers.get(name)?.result() ?? { x: [], y: [], time: [] }),
    }));
    return {
      attempt: ref.attempt,
      series,
      sampled: (state?.sampled ?? false) || isBehind,
      dropped: state ? droppedPoints(state) : 0,
    };
  }
}
