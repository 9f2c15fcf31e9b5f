import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Delivery } from '@mle/protocol';
import { DeliverySchema, machineQueue, QUEUE_PREFIX } from '@mle/protocol';
import type { Job } from 'bullmq';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from '../../base/logger.js';
import type { QueueAddress } from './queue-connector.js';
import { queueRedis } from './queue-connector.js';

/** A delivery that a dead worker held is given out again after this time. */
const LOCK_MS = 5_000;
const STALLED_CHECK_MS = 2_000;
const LOCK_RENEWAL_MS = 1_000;
/** One blocking wait. A whole number: BullMQ is not told the version of Redis. */
const WAIT_SECONDS = 5;
/** The queue may be gone for good when it is closed: whatever waits for it is left behind then. */
const CLOSE_MS = 1_000;

interface ConsumerHooks {
  /** A slot is free, the link is up, and the machine is not draining. */
  wanted: () => boolean;
  /** Settles the delivery. One that was not settled comes again. */
  deliver: (delivery: Delivery) => Promise<void>;
}

/** Takes deliveries from the machine's queue, one at a time and only while one is wanted. */
export class DeliveryConsumer {
  private readonly loop: Promise<void>;
  private connection: QueueConnection | null = null;
  private closed = false;
  private blocked = false;
  private wakeUp: (() => void) | null = null;

  constructor(
    private readonly address: QueueAddress,
    readonly machineId: string,
    private readonly hooks: ConsumerHooks,
    private readonly log: Logger,
  ) {
    this.loop = this.run();
  }

  /** To call whenever the answer of `wanted` may have changed. */
  reconsider(): void {
    if (this.hooks.wanted()) this.wakeUp?.();
    else if (this.blocked) void this.disconnect();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wakeUp?.();
    await this.disconnect();
    // A wait for a connection that never came back does not end by itself.
    await atMost(CLOSE_MS, this.loop);
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
      this.connection ??= connect(this.address, this.machineId, this.log);
      const token = randomUUID();
      try {
        this.blocked = true;
        // ioredis leaves a command without an answer when it is told to disconnect between two connections.
        const job = await Promise.race([
          this.connection.worker.getNextJob(token, { block: true }),
          this.connection.left,
        ]);
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

  /** Ends a blocking wait with its connections: an abandoned command cannot be sent again by the next ones. */
  private async disconnect(): Promise<void> {
    const connection = this.connection;
    this.connection = null;
    if (connection === null) return;
    connection.leave();
    const closed = connection.worker
      .close(true)
      .catch((error: unknown) => this.log.debug({ err: error }, 'A queue connection did not close cleanly.'));
    await atMost(CLOSE_MS, closed);
    connection.redis.disconnect();
  }

  private async handle(job: Job<unknown>, token: string): Promise<void> {
    const delivery = DeliverySchema.safeParse(job.data);
    if (!delivery.success) {
      this.log.error({ job: job.id, issues: delivery.error.issues }, 'A delivery was not understood and is dropped.');
      await job.moveToCompleted(null, token, false);
      return;
    }
    const renewal = setInterval(() => {
      job
        .extendLock(token, LOCK_MS)
        .catch((error: unknown) => this.log.debug({ err: error }, 'A lock was not renewed.'));
    }, LOCK_RENEWAL_MS);
    try {
      await this.hooks.deliver(delivery.data);
      await job.moveToCompleted(null, token, false);
    } catch (error) {
      // The job comes again when its lock has run out. What was settled is then known as such.
      this.log.warn({ err: error, job: job.id }, 'A delivery could not be settled in the queue.');
    } finally {
      clearInterval(renewal);
    }
  }
}

/** Waits for the work, and no longer than this; the clock stops with the work. */
async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, delay(milliseconds, undefined, { signal: over.signal })]).finally(() => over.abort());
}

interface QueueConnection {
  redis: Redis;
  worker: Worker<unknown>;
  /** Settles when the connection is given up. */
  left: Promise<undefined>;
  leave: () => void;
}

function connect(address: QueueAddress, machineId: string, log: Logger): QueueConnection {
  const redis = queueRedis(address);
  const worker = new Worker<unknown>(machineQueue(machineId), null, {
    autorun: false,
    connection: redis,
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
  worker.on('error', (error) => log.debug({ err: error }, 'The queue connection has an error.'));
  void worker.startStalledCheckTimer();
  let leave = (): void => undefined;
  const left = new Promise<undefined>((resolve) => {
    leave = () => resolve(undefined);
  });
  return { redis, worker, left, leave };
}
