import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DeliverySchema, QUEUE_PREFIX, machineQueue } from '@mle/protocol';
import type { Delivery } from '@mle/protocol';
import { Worker } from 'bullmq';
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from '../logs/logger.js';
import { queueRedis } from './queue-connector.js';
import type { QueueAddress } from './queue-connector.js';

/** A delivery that a dead worker held is given out again after this time. */
const LOCK_MS = 5_000;
const STALLED_CHECK_MS = 2_000;
const LOCK_RENEWAL_MS = 1_000;
/** One blocking wait. A whole number: BullMQ is not told the version of Redis. */
const WAIT_SECONDS = 5;

/** What became of a delivery: it is settled, or it shall come again later. */
export type DeliveryResult = 'settled' | 'later';

export interface ConsumerHooks {
  /** A slot is free, the link is up, and the machine is not draining. */
  wanted: () => boolean;
  deliver: (delivery: Delivery) => Promise<DeliveryResult>;
}

/** Takes deliveries from the machine's queue, one at a time and only while one is wanted. */
export class DeliveryConsumer {
  private readonly redis: Redis;
  private readonly worker: Worker<unknown>;
  private readonly loop: Promise<void>;
  private closed = false;
  private blocked = false;
  private wakeUp: (() => void) | null = null;

  constructor(
    address: QueueAddress,
    readonly machineId: string,
    private readonly hooks: ConsumerHooks,
    private readonly log: Logger,
  ) {
    this.redis = queueRedis(address);
    this.worker = new Worker<unknown>(machineQueue(machineId), null, {
      autorun: false,
      connection: this.redis,
      prefix: QUEUE_PREFIX,
      skipVersionCheck: true,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      // The job is the delivery: it is given out until it is settled, however often a worker dies.
      maxStalledCount: 1_000_000,
      drainDelay: WAIT_SECONDS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    this.worker.on('error', (error) => this.log.debug({ err: error }, 'The queue connection has an error.'));
    void this.worker.startStalledCheckTimer();
    this.loop = this.run();
  }

  /** To call whenever the answer of `wanted` may have changed. */
  reconsider(): void {
    if (this.hooks.wanted()) this.wakeUp?.();
    else if (this.blocked) void this.cancelWait();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wakeUp?.();
    await this.worker.close(true);
    this.redis.disconnect();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.closed) {
      if (!this.hooks.wanted()) {
        await new Promise<void>((resolve) => {
          this.wakeUp = resolve;
        });
        this.wakeUp = null;
        continue;
      }
      const token = randomUUID();
      try {
        this.blocked = true;
        const job = await this.worker.getNextJob(token, { block: true });
        this.blocked = false;
        if (job !== undefined) await this.handle(job, token);
      } catch (error) {
        this.blocked = false;
        if (this.closed) return;
        this.log.debug({ err: error }, 'The queue cannot be asked now.');
        await delay(200);
      }
    }
  }

  private async handle(job: Job<unknown>, token: string): Promise<void> {
    const delivery = DeliverySchema.safeParse(job.data);
    if (!delivery.success) {
      this.log.error({ job: job.id, issues: delivery.error.issues }, 'A delivery was not understood and is dropped.');
      await job.moveToCompleted(null, token, false);
      return;
    }
    const renewal = setInterval(() => {
      job.extendLock(token, LOCK_MS).catch((error: unknown) => this.log.debug({ err: error }, 'A lock was not renewed.'));
    }, LOCK_RENEWAL_MS);
    try {
      const result = await this.hooks.deliver(delivery.data);
      // What is not settled comes again when its lock has run out.
      if (result === 'settled') await job.moveToCompleted(null, token, false);
    } catch (error) {
      // The job comes again when its lock has run out, and is then known as settled.
      this.log.warn({ err: error, job: job.id }, 'A delivery could not be settled in the queue.');
    } finally {
      clearInterval(renewal);
    }
  }

  /** The blocking command ends with its connection; BullMQ makes a new one before the next wait. */
  private async cancelWait(): Promise<void> {
    try {
      await this.worker.getBackend().disconnectBlocking(true);
    } catch (error) {
      this.log.debug({ err: error }, 'The wait for a delivery was not cancelled.');
    }
  }
}
