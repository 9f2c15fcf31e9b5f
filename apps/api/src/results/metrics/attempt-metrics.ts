import type { AttemptRef } from '@mle/protocol';
import { ThreadLost } from '../../platform/threads/deadline-thread.js';
import type { Chunk } from '../output/output.repository.js';
import { joinPoints, type StoredPoints } from './metric-points.js';
import type { MetricsRepository, PointChunk } from './metrics.repository.js';
import { pieces } from './pieces.js';
import { finalsOf, isCurrent, readBy } from './reader/output-reader.js';
import type { ReadingRules } from './reader/reading-rules.js';
import { keptSeries, type SeriesState } from './reader/series.js';
import type { ReadingProgress } from './reading-messages.js';
import type { ReadingThread, ThreadReader } from './reading-thread.service.js';

/** Points wait at most so long to be stored: until then they can be read again from the output. */
const STORE_AFTER_MS = 1_000;
const STORE_POINTS = 20_000;
/** Output without any number is not read again from its beginning either. */
const CHECKPOINT_BYTES = 8 * 1024 * 1024;
const UNNOTED_BYTES = 256 * 1024;
/** Output that comes faster than it is read waits in memory up to this size, and is fetched again beyond it. */
const WAITING_BYTES = 1024 * 1024;
/** Output that is read within a moment. */
const NEAR_BYTES = 256 * 1024;
/** Chunks are merged when there are so many, or so many points in them. */
const MERGE_CHUNKS = 32;
const MERGE_POINTS = 32_768;

interface AttemptMetricsParts {
  repository: Pick<MetricsRepository, 'append' | 'last' | 'merge' | 'removeAttempt'>;
  /** By which the attempt is read. */
  rules: () => Promise<ReadingRules>;
  /** What is stored of the output, from an offset on. */
  output: (ref: AttemptRef, from: number, to: number) => AsyncGenerator<Chunk>;
  thread: Pick<ReadingThread, 'open'>;
  onPoints: () => void;
  onStored: () => void;
  onFailure: (error: unknown) => void;
}

/** How the numbers of an attempt stand. */
export interface AttemptNumbers {
  series: SeriesState[];
  /** Null until the output is read to its end. */
  finals: Record<string, number> | null;
  /** Names the rules that made them. */
  readBy: string;
}

interface Range {
  from: number;
  to: number;
}

/** Another process stored points of the attempt: what this one knows is not to be used again. */
export class Overtaken extends Error {}

/**
 * Reads the numbers of one attempt from its stored output. Points are a function of the bytes: whatever is lost with
 * this process or with the thread that reads, is read again from where the stored points end.
 */
export class AttemptMetrics {
  private reader: ThreadReader | null = null;
  /** How the series stand at `at`. */
  private seriesNow: SeriesState[] = [];
  private finalsNow: AttemptNumbers['finals'] = null;
  private rulesKey = '';
  private hasFound = false;
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
  /** Output that came while earlier output was read. */
  private waiting: Chunk[] = [];
  private waitingBytes = 0;
  private pumping: Promise<void> | null = null;
  private waiters: { to: number; resolve: () => void; reject: (error: unknown) => void }[] = [];
  /** What the thread is asked about, and a piece that it failed at, which is passed over. */
  private asking: Range | null = null;
  private unreadable: Range | null = null;
  /** One question to the thread after the other, each together with what follows from its answer. */
  private turn: Promise<unknown> = Promise.resolve();
  private storing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | null = null;
  private unstored: StoredPoints[][] = [];
  private unstoredPoints = 0;
  /** For watchers: those since `takeFresh`. */
  private fresh: StoredPoints[][] = [];
  private mergedTo = 0;
  private unmerged: { to: number; points: number }[] = [];

  /** `isNew`: nothing of the attempt is stored anywhere. */
  constructor(
    private readonly ref: AttemptRef,
    private isNew: boolean,
    private readonly parts: AttemptMetricsParts,
  ) {}

  get series(): SeriesState[] {
    return this.seriesNow;
  }

  get numbers(): AttemptNumbers {
    return { series: this.seriesNow, finals: this.finalsNow, readBy: readBy(this.rulesKey) };
  }

  /** More output is stored than was read until now. */
  get isBehind(): boolean {
    return this.known - this.at > NEAR_BYTES;
  }

  /** The attempt is over, and its last points are not stored yet. */
  get isFinishing(): boolean {
    return this.finishing !== null;
  }

  /** Takes output that was stored this moment. */
  accept(chunk: Chunk): void {
    this.known = Math.max(this.known, chunk.to);
    if (this.waitingBytes + chunk.data.length <= WAITING_BYTES) {
      this.waiting.push(chunk);
      this.waitingBytes += chunk.data.length;
    }
    this.pump();
  }

  /** Resolves when the points of what was read are stored; what is read within a moment is waited for. */
  async flush(): Promise<void> {
    if (this.known - this.at <= NEAR_BYTES) await this.reached(this.known);
    await this.store();
  }

  /** The attempt is over, and `to` is the end of its output: resolves when its last point is stored. */
  finish(to: number): Promise<void> {
    this.finishing ??= this.finishNow(to).finally(() => (this.finishing = null));
    return this.finishing;
  }

  /** Nothing is read or stored any more. */
  close(): void {
    this.closed = true;
    this.stopTimer();
    this.reader?.close();
    this.wake();
  }

  /** The points since the last call. */
  takeFresh(): StoredPoints[] {
    const taken = joinPoints(this.fresh);
    this.fresh = [];
    return taken;
  }

  private async finishNow(to: number): Promise<void> {
    this.known = to;
    while (!this.closed && !this.storedFinal) {
      await this.reached(to);
      try {
        await this.endReading();
        // A short output without numbers is as quickly read as a note of that.
        if (!this.hasFound && this.at - this.storedTo <= UNNOTED_BYTES) return;
        await this.store();
      } catch (error) {
        // What no piece of the output caused goes away.
        if (!(error instanceof ThreadLost) || error.culprit) throw error;
      }
    }
    if (!this.closed) await this.merge(true);
  }

  private async endReading(): Promise<void> {
    await this.inTurn(async (reader) => {
      if (this.final) return;
      this.take(await reader.end());
      this.final = true;
    });
  }

  private stopTimer(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  /** Resolves when the output is read up to there. */
  private async reached(to: number): Promise<void> {
    if (this.isOpen && (this.at >= to || this.final)) return;
    await new Promise<void>((resolve, reject) => {
      this.waiters.push({ to, resolve, reject });
      this.pump();
    });
  }

  /** What is stored of the attempt is known here. */
  private get isOpen(): boolean {
    return this.reader !== null || this.final;
  }

  private wake(): void {
    const done = ({ to }: { to: number }): boolean => this.closed || (this.isOpen && (this.at >= to || this.final));
    for (const { resolve } of this.waiters.filter(done)) resolve();
    this.waiters = this.waiters.filter((waiter) => !done(waiter));
  }

  private pump(): void {
    this.pumping ??= this.readOn()
      .then(
        () => this.wake(),
        (error: unknown) => {
          if (this.waiters.length === 0) this.parts.onFailure(error);
          for (const { reject } of this.waiters.splice(0)) reject(error);
        },
      )
      .finally(() => (this.pumping = null));
  }

  /** Reads until the end of what is known. */
  private async readOn(): Promise<void> {
    while (!this.closed && (!this.isOpen || (this.at < this.known && !this.final))) {
      if (this.isOpen) await this.readNext().catch(lost);
      else await this.load();
      this.wake();
    }
  }

  private async readNext(): Promise<void> {
    while (this.waiting[0] && this.waiting[0].to <= this.at) this.dropWaiting();
    const [next] = this.waiting;
    if (next && next.from <= this.at) return this.read(next);
    const before = this.at;
    for await (const chunk of this.parts.output(this.ref, this.at, next?.from ?? this.known)) {
      await this.read(chunk);
      if (this.closed) return;
    }
    if (this.at === before) throw new Error('stored output could not be read');
  }

  private dropWaiting(): void {
    this.waitingBytes -= this.waiting.shift()?.data.length ?? 0;
  }

  private async load(): Promise<void> {
    const rules = await this.parts.rules();
    this.rulesKey = rules.key;
    const last = this.isNew ? null : await this.parts.repository.last(this.ref);
    if (this.closed) return;
    if (last && !isCurrent(last.state, rules.key)) {
      // Other rules made these points: those of today read the output from its beginning.
      await this.parts.repository.removeAttempt(this.ref);
      return this.load();
    }
    this.at = this.storedTo = this.mergedTo = last?.to ?? 0;
    this.final = this.storedFinal = last?.final ?? false;
    this.hasFound = last !== null;
    this.seriesNow = keptSeries(last?.state.book.series ?? []);
    if (last?.final) this.finalsNow = finalsOf(last.state, rules);
    else this.reader = this.parts.thread.open(last?.state, rules);
  }

  private async read(chunk: Chunk): Promise<void> {
    for (const piece of pieces(chunk, this.at)) {
      const from = this.at;
      const to = from + piece.data.length;
      await this.inTurn(async (reader) => {
        this.asking = { from, to };
        const isRead = !this.unreadable || to <= this.unreadable.from || from >= this.unreadable.to;
        this.take(await (isRead ? reader.read(piece) : reader.skip(piece.data.length)));
        this.asking = null;
        this.at = to;
      });
      if (this.closed) return;
      this.wake();
      this.storeSoon();
    }
  }

  /**
   * Asks the thread while nobody else of this attempt does.
   * @throws ThreadLost when the thread ended: the attempt is read again from what is stored.
   */
  private inTurn<T>(question: (reader: ThreadReader) => Promise<T>): Promise<T> {
    const answer = this.turn.then(async () => {
      const { reader } = this;
      if (!reader || this.closed) throw new ThreadLost(false);
      try {
        return await question(reader);
      } catch (error) {
        if (error instanceof ThreadLost && this.reader === reader) this.startOver(error.culprit);
        throw error;
      }
    });
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  private startOver(culprit: boolean): void {
    if (culprit && this.asking) this.unreadable = this.asking;
    this.asking = null;
    this.reader = null;
    this.isNew = false;
    this.final = false;
    this.finalsNow = null;
    this.waiting = [];
    this.waitingBytes = 0;
    this.unstored = [];
    this.unstoredPoints = 0;
    this.pump();
  }

  private take({ points, series, hasFound, finals }: ReadingProgress): void {
    this.seriesNow = series;
    this.finalsNow = finals ?? this.finalsNow;
    this.hasFound = hasFound;
    if (points.length === 0) return;
    this.unstored.push(points);
    this.fresh.push(points);
    this.unstoredPoints += points.reduce((sum, { x }) => sum + x.length, 0);
    this.parts.onPoints();
  }

  private storeSoon(): void {
    if (this.unstoredPoints >= STORE_POINTS || this.at - this.storedTo >= CHECKPOINT_BYTES) this.storeNoted();
    else if (this.unstoredPoints > 0) this.timer ??= setTimeout(() => this.storeNoted(), STORE_AFTER_MS);
  }

  private storeNoted(): void {
    this.store().catch((error: unknown) => {
      if (!(error instanceof ThreadLost)) this.parts.onFailure(error);
    });
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
    const taken = await this.inTurn(async (reader) => {
      const { state } = await reader.state();
      const { unstored, unstoredPoints, final, at } = this;
      this.unstored = [];
      this.unstoredPoints = 0;
      return { state, unstored, unstoredPoints, final, at };
    });
    const { state, final } = taken;
    const chunk: PointChunk = { from: this.storedTo, to: taken.at, final, state, series: joinPoints(taken.unstored) };
    try {
      if (!(await this.parts.repository.append(this.ref, chunk)))
        throw new Overtaken('another process stores the points of this attempt');
    } catch (error) {
      this.unstored = [...taken.unstored, ...this.unstored];
      this.unstoredPoints += taken.unstoredPoints;
      throw error;
    }
    this.storedTo = chunk.to;
    this.storedFinal = chunk.final;
    this.unmerged.push({ to: chunk.to, points: taken.unstoredPoints });
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

/** The thread is gone, and the attempt begins anew from what is stored. */
function lost(error: unknown): void {
  if (!(error instanceof ThreadLost)) throw error;
}
