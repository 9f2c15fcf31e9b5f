import { LIMITS, type MetricAxis, type MetricSummary, OUTPUT_STREAMS } from '@mle/protocol';
import type { Chunk } from '../output/output.repository.js';
import { LineSplitter, type SplitterState } from './line-splitter.js';
import { noPoints, type SeriesPoints } from './metric-points.js';
import { type Reading, recognise } from './recognise.js';

const READ_STREAMS = [OUTPUT_STREAMS.indexOf('stdout'), OUTPUT_STREAMS.indexOf('stderr')] as const;

/** What is known of a series besides its points. */
export interface SeriesState {
  name: string;
  axis: MetricAxis;
  form: Reading['form'];
  count: number;
  /** NaN and the infinities have no JSON: their place is null. */
  last: number | null;
  min: number | null;
  max: number | null;
  step: number;
  low: number;
  high: number;
}

/**
 * All that decides what the bytes after an offset mean. Stored with the points before it, so that any process can go
 * on.
 */
export interface ParserState {
  splitters: SplitterState[];
  series: SeriesState[];
  points: number;
  dropped: number;
  sampled: boolean;
}

const { isFinite } = Number;
const finite = (value: number): number | null => (isFinite(value) ? value : null);

/**
 * Turns the output of one attempt into points. The same bytes make the same points, however they are cut into chunks.
 */
export class MetricParser {
  private readonly splitters: LineSplitter[];
  private readonly series: Map<string, SeriesState>;
  private points: number;
  private dropped: number;
  private sampled: boolean;
  private time = 0;
  private fresh = new Map<string, SeriesPoints>();

  constructor(state?: ParserState) {
    const onLine = (line: Buffer, overwritten: boolean): void => this.line(line, overwritten);
    this.splitters = READ_STREAMS.map((_, i) => new LineSplitter(onLine, state?.splitters[i]));
    this.series = new Map(state?.series.map((series) => [series.name, { ...series }]));
    this.points = state?.points ?? 0;
    this.dropped = state?.dropped ?? 0;
    this.sampled = state?.sampled ?? false;
  }

  get state(): ParserState {
    return {
      splitters: this.splitters.map(({ state }) => state),
      series: [...this.series.values()].map((series) => ({ ...series })),
      points: this.points,
      dropped: this.dropped,
      sampled: this.sampled,
    };
  }

  get hasSeries(): boolean {
    return this.series.size > 0;
  }

  push({ data, segments }: Pick<Chunk, 'data' | 'segments'>): void {
    let at = 0;
    for (const [length, stream, time] of segments) {
      this.time = time;
      this.splitters[READ_STREAMS.indexOf(stream)]?.push(data.subarray(at, at + length));
      at += length;
    }
  }

  /** Passes over output that there is no time to read. */
  skip(): void {
    this.sampled = true;
    for (const splitter of this.splitters) splitter.skip();
  }

  /** No more output comes. */
  end(): void {
    for (const splitter of this.splitters) splitter.end();
  }

  /** The points since the last call. */
  take(): SeriesPoints[] {
    const taken = [...this.fresh.values()];
    this.fresh = new Map();
    return taken;
  }

  private line(line: Buffer, overwritten: boolean): void {
    const reading = recognise(line, overwritten);
    if (reading) for (const [name, y] of reading.values) this.point(name, y, reading);
  }

  private point(name: string, y: number, { form, axis, x }: Reading): void {
    const series = this.series.get(name) ?? this.begin(name, { form, axis, x });
    if (!series || this.points >= LIMITS.metricPoints) {
      this.dropped++;
      return;
    }
    // A program that prints a number in two ways means one series, not two points.
    if (series.form !== form) return;
    this.points++;
    series.count++;
    series.last = finite(y);
    series.step = x;
    if (x < series.low) series.low = x;
    if (x > series.high) series.high = x;
    if (series.last !== null) {
      if (series.min === null || y < series.min) series.min = y;
      if (series.max === null || y > series.max) series.max = y;
    }
    const points = this.fresh.get(name) ?? { name, axis: series.axis, ...noPoints() };
    this.fresh.set(name, points);
    points.x.push(x);
    points.y.push(y);
    points.time.push(this.time);
  }

  private begin(name: string, { form, axis, x }: Pick<Reading, 'form' | 'axis' | 'x'>): SeriesState | null {
    if (this.series.size >= LIMITS.metricSeries) return null;
    const series: SeriesState = {
      name,
      axis,
      form,
      count: 0,
      last: null,
      min: null,
      max: null,
      step: x,
      low: x,
      high: x,
    };
    this.series.set(name, series);
    return series;
  }
}

/** Of the first series, as the lists show them: a program may make more than a row can tell. */
const SUMMARIES = 50;

export function summariesOf(series: readonly SeriesState[]): (MetricSummary & { name: string })[] {
  return series.slice(0, SUMMARIES).map(({ name, last, min, max, step }) => ({ name, last, min, max, step }));
}
