import type { AttemptRef } from '@mle/protocol';
import type { Chunk } from '../output/output.repository.js';
import { joinPoints } from './metric-points.js';
import type { MetricsRepository, PointChunk } from './metrics.repository.js';
import type { ReadBudget } from './read-budget.js';
import { isCurrent, OutputReader } from './reader/output-reader.js';
import type { SeriesPoints, SeriesState } from './reader/series-book.js';

/** Points wait at most so long to be stored: until then they can be read again from the output. */
const STORE_AFTER_MS = 1_000;
const STORE_POINTS = 20_000;
/** Output without any number is not read again from its beginning either. */
const CHECKPOINT_BYTES = 8 * 1024 * 1024;
const UNNOTED_BYTES = 256 * 1024;
/** Chunks are merged when there are so many, or so many points in them. */
const MERGE_CHUNKS = 32;
const MERGE_POINTS = 32_768;

interface AttemptMetricsParts {
  repository: Pick<MetricsRepository, 'append' | 'last' | 'merge' | 'removeAttempt'>;
  /** What is stored of the output, from an offset on. */
  output: (ref: AttemptRef, from: number, to: number) => AsyncGenerator<Chunk>;
  budget: ReadBudget;
  onPoints: () => void;
  onStored: () => void;
  /** Called once, when lines were passed over for the first time. */
  onSampled: () => void;
  onFailure: (error: unknown) => void;
}

/** Another process stored points of the attempt: what this one knows is not to be used again. */
export class Overtaken extends Error {}

/**
 * Reads the numbers of one attempt from its stored output. Points are a function of the bytes: whatever is lost with
 * this process, the next one reads again from where the stored points end.
 */
export class AttemptMetrics {
  private reader: OutputReader;
  private loaded: boolean;
  private final = false;
  private storedFinal = false;
  private closed = false;
  private finishing: Promise<void> | null = null;
  /** Up to here the output was read. */
  private at = 0;
  /** Up to here its points are stored. */
  private storedTo = 0;
  /** Up to here output is known to be durable. */
  private known = 0;
  private catching: Promise<void> | null = null;
  private storing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | null = null;
  private unstored: SeriesPoints[][] = [];
  private unstoredPoints = 0;
  /** For watchers: those since `takeFresh`. */
  private fresh: SeriesPoints[][] = [];
  private sampledTold = false;
  private mergedTo = 0;
  private unmerged: { to: number; points: number }[] = [];

  /** `isNew`: nothing of the attempt is stored anywhere. */
  constructor(
    private readonly ref: AttemptRef,
    isNew: boolean,
    private readonly parts: AttemptMetricsParts,
  ) {
    this.reader = new OutputReader();
    this.loaded = isNew;
  }

  get series(): SeriesState[] {
    return this.reader.series;
  }

  /**
   * Takes output that was stored this moment; chunks that come while earlier ones are still fetched are fetched too.
   */
  accept(chunk: Chunk): void {
    this.known = Math.max(this.known, chunk.to);
    if (this.catching) return;
    if (!this.loaded || chunk.from > this.at) void this.catchUp().catch(this.parts.onFailure);
    else if (chunk.to > this.at) this.read(chunk);
  }

  /** Resolves when all points of `[0, to)` are stored. */
  async reach(to: number): Promise<void> {
    this.known = Math.max(this.known, to);
    await this.catchUp();
    await this.store();
  }

  /** The attempt is over, and `to` is the end of its output: resolves when its last point is stored. */
  finish(to: number): Promise<void> {
    this.finishing ??= this.finishNow(to).finally(() => (this.finishing = null));
    return this.finishing;
  }

  /** Nothing is stored any more. */
  close(): void {
    this.closed = true;
    this.stopTimer();
  }

  /** The points since the last call. */
  takeFresh(): SeriesPoints[] {
    const taken = joinPoints(this.fresh);
    this.fresh = [];
    return taken;
  }

  private async finishNow(to: number): Promise<void> {
    this.known = to;
    await this.catchUp();
    if (this.storedFinal) return;
    this.final = true;
    this.reader.end();
    this.collect();
    // A short output without numbers is as quickly read as a note of that.
    if (this.reader.hasFound || this.sampledTold || this.at - this.storedTo > UNNOTED_BYTES) await this.store();
    await this.merge(true);
  }

  private stopTimer(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private async catchUp(): Promise<void> {
    while (this.catching) await this.catching;
    if (this.loaded && this.at >= this.known) return;
    this.catching = this.fetch().finally(() => (this.catching = null));
    await this.catching;
  }

  private async fetch(): Promise<void> {
    if (!this.loaded) await this.load();
    while (this.at < this.known && !this.final) {
      const before = this.at;
      for await (const chunk of this.parts.output(this.ref, this.at, this.known)) this.read(chunk);
      if (this.at === before) throw new Error('stored output could not be read');
    }
  }

  private async load(): Promise<void> {
    const last = await this.parts.repository.last(this.ref);
    this.loaded = true;
    if (!last) return;
    // Other rules made these points: those of today read the output from its beginning.
    if (!isCurrent(last.state)) return this.parts.repository.removeAttempt(this.ref);
    this.reader = new OutputReader({ state: last.state });
    this.at = this.storedTo = this.mergedTo = last.to;
    this.final = this.storedFinal = last.final;
  }

  private read(chunk: Chunk): void {
    const { budget } = this.parts;
    if (budget.left) budget.spend(() => this.push(after(chunk, this.at)));
    else this.pass(chunk.to - this.at);
    this.at = chunk.to;
    this.collect();
    if (this.unstoredPoints >= STORE_POINTS || this.at - this.storedTo >= CHECKPOINT_BYTES)
      void this.store().catch(this.parts.onFailure);
    else if (this.unstoredPoints > 0)
      this.timer ??= setTimeout(() => void this.store().catch(this.parts.onFailure), STORE_AFTER_MS);
  }

  private push({ data, segments }: Pick<Chunk, 'data' | 'segments'>): void {
    let at = 0;
    for (const [length, stream, time] of segments) this.reader.push(data.subarray(at, (at += length)), stream, time);
  }

  private pass(bytes: number): void {
    this.reader.skip(bytes);
    if (!this.sampledTold) this.parts.onSampled();
    this.sampledTold = true;
  }

  private collect(): void {
    const taken = this.reader.take();
    if (taken.length === 0) return;
    this.unstored.push(taken);
    this.fresh.push(taken);
    this.unstoredPoints += taken.reduce((sum, { x }) => sum + x.length, 0);
    this.parts.onPoints();
  }

  /** One write after the other, each with all that came until it begins. */
  private store(): Promise<void> {
    this.stopTimer();
    this.storing = this.storing.catch((error: unknown) => this.giveUpIfOvertaken(error)).then(() => this.storeNow());
    return this.storing;
  }

  private giveUpIfOvertaken(error: unknown): void {
    if (error instanceof Overtaken) throw error;
  }

  private async storeNow(): Promise<void> {
    if (this.closed || this.storedFinal || (this.unstoredPoints === 0 && this.at === this.storedTo && !this.final))
      return;
    const parts = this.unstored;
    const chunk: PointChunk = {
      from: this.storedTo,
      to: this.at,
      final: this.final,
      state: this.reader.state,
      series: joinPoints(parts),
    };
    const count = this.unstoredPoints;
    this.unstored = [];
    this.unstoredPoints = 0;
    try {
      if (!(await this.parts.repository.append(this.ref, chunk)))
        throw new Overtaken('another process stores the points of this attempt');
    } catch (error) {
      this.unstored = [...parts, ...this.unstored];
      this.unstoredPoints += count;
      throw error;
    }
    this.storedTo = chunk.to;
    this.storedFinal = chunk.final;
    this.unmerged.push({ to: chunk.to, points: count });
    this.parts.onStored();
    await this.merge(false).catch(this.parts.onFailure);
  }

  private async merge(all: boolean): Promise<void> {
    const points = this.unmerged.reduce((sum, chunk) => sum + chunk.points, 0);
    if (this.unmerged.length < 2 || (!all && this.unmerged.length < MERGE_CHUNKS && points < MERGE_POINTS)) return;
    const to = this.unmerged.at(-1)?.to ?? this.mergedTo;
    await this.parts.repository.merge(this.ref, this.mergedTo, to);
    // A chunk that is still small grows with the next merge.
    this.unmerged = points < MERGE_POINTS ? [{ to, points }] : [];
    if (points >= MERGE_POINTS) this.mergedTo = to;
  }
}

/** What of the chunk lies at or after `at`. */
function after(chunk: Chunk, at: number): Pick<Chunk, 'data' | 'segments'> {
  let skip = at - chunk.from;
  if (skip <= 0) return chunk;
  const data = chunk.data.subarray(skip);
  const segments: Chunk['segments'] = [];
  for (const [length, stream, time] of chunk.segments) {
    if (skip < length) segments.push([length - Math.max(0, skip), stream, time]);
    skip -= length;
  }
  return { data, segments };
}
