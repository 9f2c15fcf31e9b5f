import { type Delivery, poolQueue, QUEUE_PREFIX } from '@mle/protocol';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { PoolsRepository } from '../../machines/pools/pools.repository.js';
import { logger } from '../../platform/logging/logger.js';
import { RedisService } from '../../platform/redis/redis.service.js';
import { EventsService } from '../../platform/signals/events.service.js';
import { Dispatcher } from './dispatcher.service.js';

/** Listens to the queues of all pools: a job there says that a run waits, and one of the replicas looks. */
@Injectable()
export class PoolQueues implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly workers = new Map<string, Worker<Delivery>>();
  private connection: Redis | null = null;
  private ended = false;

  constructor(
    private readonly pools: PoolsRepository,
    private readonly redis: RedisService,
    private readonly dispatcher: Dispatcher,
    private readonly events: EventsService,
  ) {}

  onApplicationBootstrap(): void {
    this.events.on('pool.settings', () => this.refresh());
    this.refresh();
  }

  async onModuleDestroy(): Promise<void> {
    this.ended = true;
    await Promise.allSettled([...this.workers.values()].map((worker) => worker.close(true)));
  }

  /** Also after an outage of the database, by the reconciler: a queue that nobody hears is made up for by its looks. */
  refresh(): void {
    this.listen().catch((error: unknown) =>
      logger.debug({ err: error }, 'the queues of pools are not listened to yet'),
    );
  }

  private async listen(): Promise<void> {
    const ids = new Set((await this.pools.list()).map(({ id }) => id));
    if (this.ended) return;
    for (const id of ids) if (!this.workers.has(id)) this.workers.set(id, this.open(id));
    for (const [id, worker] of this.workers) {
      if (ids.has(id)) continue;
      this.workers.delete(id);
      await worker.close(true);
    }
  }

  private open(poolId: string): Worker<Delivery> {
    this.connection ??= this.redis.connect();
    const worker = new Worker<Delivery>(poolQueue(poolId), () => this.dispatcher.wake(), {
      connection: this.connection,
      prefix: QUEUE_PREFIX,
      // Many jobs that come together share a look of the dispatcher.
      concurrency: 100,
      skipVersionCheck: true,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    worker.on('error', (error) => logger.debug({ err: error, poolId }, 'the queue of a pool has an error'));
    return worker;
  }
}
