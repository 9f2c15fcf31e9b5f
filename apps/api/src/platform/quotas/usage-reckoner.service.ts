import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isOutage } from '../http/problem.js';
import { logger } from '../logging/logger.js';
import { Hook } from '../signals/hook.js';
import { type Kept, QuotasRepository } from './quotas.repository.js';

/** Several deletions are counted once. */
const SETTLE_MS = 1_000;
/** A count that took long is not repeated at once. */
const REST_FACTOR = 20;
const ALL_EVERY_MS = 24 * 3_600_000;

/**
 * Counts in the background what users keep: all of them at the start and once a day, and one of them after something of
 * his was removed. In between the numbers are raised where something is made.
 */
@Injectable()
export class UsageReckoner implements OnApplicationBootstrap, OnModuleDestroy {
  /** Adds what the user keeps of one kind, in small reads. */
  readonly counters = new Hook<[ownerId: string, kept: Kept]>();
  /** Names all users. */
  readonly owners = new Hook<[name: (ownerId: string) => void]>();
  private readonly waiting = new Set<string>();
  private readonly ending = new AbortController();
  private working: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly quotas: QuotasRepository) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.askAll(), ALL_EVERY_MS).unref();
    this.askAll();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.ending.abort();
    await this.working;
  }

  /** Something of the user was removed. */
  ask(ownerId: string): void {
    this.waiting.add(ownerId);
    this.working ??= this.work().finally(() => (this.working = null));
  }

  private async reckon(ownerId: string): Promise<void> {
    const counted: Kept = { runs: 0, runBytes: 0, fileBytes: 0 };
    const now = await this.quotas.reckon(ownerId, async () => {
      await this.counters.run(ownerId, counted);
      return counted;
    });
    const isSettled =
      now?.runs === counted.runs && now.runBytes === counted.runBytes && now.fileBytes === counted.fileBytes;
    // Something was made meanwhile, which the count may have seen or not, or another server was faster.
    if (!isSettled) this.waiting.add(ownerId);
    if (now === null) return;
    const { runs, bytes } = await this.quotas.get();
    if (now.runs > runs || now.runBytes + now.fileBytes > bytes)
      logger.warn({ userId: ownerId, ...now }, 'a user keeps more than the quotas allow: nothing is deleted by that');
  }

  private askAll(): void {
    this.owners.run((ownerId) => this.ask(ownerId)).catch((error: unknown) => this.failed(error));
  }

  private async work(): Promise<void> {
    try {
      while (this.waiting.size > 0) {
        await pause(SETTLE_MS, undefined, { signal: this.ending.signal, ref: false });
        const began = performance.now();
        for (const ownerId of [...this.waiting]) {
          this.waiting.delete(ownerId);
          if (this.ending.signal.aborted) return;
          await this.reckon(ownerId).catch((error: unknown) => this.failed(error));
        }
        const restMs = (performance.now() - began) * REST_FACTOR;
        await pause(restMs, undefined, { signal: this.ending.signal, ref: false });
      }
    } catch (error) {
      if (!this.ending.signal.aborted) throw error;
    }
  }

  private failed(error: unknown): void {
    if (this.ending.signal.aborted || isOutage(error)) return;
    logger.error({ err: error }, 'what a user keeps was not counted; it is tried again tomorrow');
  }
}
