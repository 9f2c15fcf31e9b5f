import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { logger } from '../../platform/logging/logger.js';
import { RedisService } from '../../platform/redis/redis.service.js';
import { machineKeyPrefix } from './machine-acl.js';

/** Redis memory that the queue of one machine may take. Thousands of waiting deliveries fit. */
const QUOTA_BYTES = 16 * 1024 * 1024;
const CHECK_EVERY_MS = 10_000;
/** The keys that BullMQ lets grow, below a machine's prefix. */
const GROWING_KEYS = [
  'wait',
  'active',
  'prioritized',
  'stalled',
  'completed',
  'failed',
  'events',
  'delayed',
  'marker',
  'meta',
  'waiting-children',
  'limiter',
];

/** Refuses further commands of a machine whose queue keys grew past their share of Redis. */
@Injectable()
export class QueueQuota implements OnModuleInit, OnModuleDestroy {
  private readonly exceeded = new Set<string>();
  private readonly watched = new Set<string>();
  private timer?: NodeJS.Timeout;

  constructor(private readonly redis: RedisService) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.check().catch(() => undefined), CHECK_EVERY_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  refusal(machineId: string): string | null {
    this.watched.add(machineId);
    return this.exceeded.has(machineId) ? `the queue of this machine is past its ${QUOTA_BYTES} bytes of Redis` : null;
  }

  /** Measures the machines that were active since the last check. */
  async check(): Promise<void> {
    const machines = [...new Set([...this.watched, ...this.exceeded])];
    this.watched.clear();
    for (const machineId of machines) {
      const usage = await this.usage(machineId);
      if (usage <= QUOTA_BYTES) this.exceeded.delete(machineId);
      else if (!this.exceeded.has(machineId)) {
        this.exceeded.add(machineId);
        logger.error({ machineId, usage }, 'the queue of a machine is past its share of Redis');
      }
    }
  }

  private async usage(machineId: string): Promise<number> {
    const sizes = await Promise.all(
      GROWING_KEYS.map(
        (key) =>
          this.redis.client.call('MEMORY', 'USAGE', `${machineKeyPrefix(machineId)}${key}`) as Promise<number | null>,
      ),
    );
    return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  }
}
