import { setTimeout as pause } from 'node:timers/promises';
import { isTerminal } from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isOutage, ProblemError } from '../../platform/http/problem.js';
import { logger } from '../../platform/logging/logger.js';
import { QuotasService } from '../../platform/quotas/quotas.service.js';
import { UsageReckoner } from '../../platform/quotas/usage-reckoner.service.js';
import { OwnedRunsRepository } from '../../run-records/owned-runs.repository.js';
import { RunSizes } from '../../run-records/run-sizes.service.js';
import { RunRemover } from './run-remover.service.js';

const EVERY_MS = 10 * 60_000;
/** Runs of one slice, and the pause after it: whoever asks something meanwhile is answered. */
const SLICE = 20;
const PAUSE_MS = 100;

/**
 * Removes the oldest runs beyond what the settings keep, in the background: nothing, unless an administrator set it.
 * Runs that go on, and runs with a tag, stay.
 */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | null = null;
  private ended = false;

  constructor(
    private readonly runs: OwnedRunsRepository,
    private readonly sizes: RunSizes,
    private readonly remover: RunRemover,
    private readonly quotas: QuotasService,
    private readonly reckoner: UsageReckoner,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.working ??= this.work()
        .catch((error: unknown) => this.failed(error))
        .finally(() => (this.working = null));
    }, EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.ended = true;
    clearInterval(this.timer);
    await this.working;
  }

  /** Removes what is beyond the settings now. */
  async work(): Promise<void> {
    const { keepRuns, keepRunBytes } = await this.quotas.get();
    if (keepRuns === null && keepRunBytes === null) return;
    const owners: string[] = [];
    await this.reckoner.owners.run((ownerId) => owners.push(ownerId));
    for (const ownerId of owners) {
      const oldestKept = keepRuns === null ? null : await this.runs.idOfNewest(ownerId, keepRuns);
      if (oldestKept !== null) await this.removeOldest(ownerId, { before: oldestKept });
      const { runBytes } = await this.quotas.kept(ownerId);
      if (keepRunBytes !== null && runBytes > keepRunBytes)
        await this.removeOldest(ownerId, { bytes: runBytes - keepRunBytes });
    }
  }

  /** All runs that are older than `before`, or so many that `bytes` are free. */
  private async removeOldest(
    ownerId: string,
    { before = null, bytes = Infinity }: { before?: string | null; bytes?: number },
  ): Promise<void> {
    let toFree = bytes;
    for (let after: string | null = null; ;) {
      const slice = await this.runs.untagged(ownerId, { after, before, limit: SLICE });
      for (const run of slice) {
        if (this.ended || toFree <= 0) return;
        after = run.id;
        if (!isTerminal(run.state)) continue;
        const size = await this.sizes.bytesOf(run.id);
        try {
          await this.remover.remove(run);
          toFree -= size;
        } catch (error) {
          // It was run again, or another replica removes it.
          if (!(error instanceof ProblemError)) throw error;
        }
      }
      if (slice.length < SLICE) return;
      await pause(PAUSE_MS);
    }
  }

  private failed(error: unknown): void {
    if (!this.ended && !isOutage(error)) logger.error({ err: error }, 'old runs were not removed; it is tried again');
  }
}
