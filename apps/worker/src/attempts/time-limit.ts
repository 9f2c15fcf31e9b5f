import { join } from 'node:path';
import { writeAtomicSync } from '../base/atomic-file.js';
import { readRecord } from '../journal/journal.js';
import { FILES, SetupRecordSchema } from '../journal/records.js';

/** A longer timer of Node ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The set-up of a run took all of its time. The message is for the person who started it. */
export class LimitPassed extends Error {
  constructor(seconds: number) {
    super(`The run passed its time limit of ${seconds} s during its set-up.`);
  }
}

/** The time limit of an attempt. It counts from the start of the set-up, across restarts of the worker. */
export class TimeLimit {
  private begunAt: number | null = null;

  constructor(
    private readonly seconds: number | null,
    private readonly folder: string,
  ) {}

  get spentMs(): number {
    return this.begunAt === null ? 0 : Math.max(0, Date.now() - this.begunAt);
  }

  get leftMs(): number {
    return this.seconds === null ? Infinity : Math.max(0, this.seconds * 1000 - this.spentMs);
  }

  /** Does the set-up, or what is left of it after an earlier worker. Throws `LimitPassed` where it takes too long. */
  async during<T>(signal: AbortSignal, setUp: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.seconds === null) return setUp(signal);
    this.begin();
    try {
      return await setUp(this.leftMs > LONGEST_TIMER_MS ? signal : AbortSignal.any([signal, this.passing()]));
    } catch (error) {
      if (!signal.aborted && this.leftMs === 0) throw new LimitPassed(this.seconds);
      throw error;
    }
  }

  private begin(): void {
    const path = join(this.folder, FILES.setup);
    this.begunAt = readRecord(path, SetupRecordSchema)?.begunAt ?? null;
    if (this.begunAt !== null) return;
    this.begunAt = Date.now();
    writeAtomicSync(path, JSON.stringify({ begunAt: this.begunAt }));
  }

  private passing(): AbortSignal {
    return this.leftMs === 0 ? AbortSignal.abort() : AbortSignal.timeout(this.leftMs);
  }
}
