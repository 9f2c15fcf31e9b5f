import {
  type AttemptRef,
  type Delivery,
  DELIVERY_JOB,
  deliveryId,
  machineQueue,
  poolQueue,
  QUEUE_PREFIX,
} from '@mle/protocol';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Queue } from 'bullmq';
import { RedisService } from '../../platform/redis/redis.service.js';
import type { RunRecord } from '../../run-records/run-view.js';
import { machineKeyPrefix, removeMachineUser } from './machine-acl.js';

/**
 * BullMQ serves low numbers first; ours are −100 to 100, high first. A run whose slot is kept goes before its equals.
 */
const bullPriority = ({ priority, seat }: Deliverable): number => 2 * (101 - priority) - (seat === undefined ? 0 : 1);

const ASKED_AT_ONCE = 200;

/** What a delivery has to know of a run. */
type Deliverable = Pick<
  RunRecord,
  'id' | 'attempt' | 'priority' | 'correlationId' | 'machineId' | 'targetPoolId' | 'seat'
>;

/**
 * Puts deliveries of attempts on the queues of machines and pools. Each may be repeated: the same attempt is the same
 * job.
 */
@Injectable()
export class DeliveriesService implements OnModuleDestroy {
  private readonly queues = new Map<string, Queue<Delivery>>();

  constructor(private readonly redis: RedisService) {}

  /**
   * Puts the attempt on the queue of its machine, or, while it has none, on that of its pool, which wakes a dispatcher.
   * Rejects when Redis is away, or does not take the delivery in time; the reconciler repeats it from the database.
   */
  async deliver(run: Deliverable): Promise<void> {
    const name = run.machineId ? machineQueue(run.machineId) : run.targetPoolId ? poolQueue(run.targetPoolId) : null;
    if (name === null) return;
    const delivery = {
      runId: run.id,
      attempt: run.attempt,
      ...(run.correlationId && { correlationId: run.correlationId }),
    };
    const jobId = deliveryId(run.id, run.attempt);
    await this.queue(name).add(DELIVERY_JOB, delivery, {
      jobId,
      priority: bullPriority(run),
      removeOnComplete: true,
      removeOnFail: true,
    });
  }

  /** Takes a delivery back that no worker has. */
  async withdraw(machineId: string, { runId, attempt }: AttemptRef): Promise<void> {
    await this.queue(machineQueue(machineId)).remove(deliveryId(runId, attempt));
  }

  async exists(machineId: string, ref: AttemptRef): Promise<boolean> {
    return (await this.redis.client.exists(deliveryKey(machineId, ref))) === 1;
  }

  /**
   * Those of the runs that have no delivery on the queue of their machine; most often one question tells of many that
   * each has one.
   */
  async *undelivered<R extends { id: string; attempt: number; machineId: string }>(
    runs: readonly R[],
  ): AsyncGenerator<R> {
    for (let at = 0; at < runs.length; at += ASKED_AT_ONCE) {
      const some = runs.slice(at, at + ASKED_AT_ONCE);
      const keys = some.map(({ id, attempt, machineId }) => deliveryKey(machineId, { runId: id, attempt }));
      if ((await this.redis.client.exists(...keys)) === some.length) continue;
      const there = await Promise.all(
        some.map(({ id, attempt, machineId }) => this.exists(machineId, { runId: id, attempt })),
      );
      yield* some.filter((_run, i) => !there[i]);
    }
  }

  /** Removes the queue of a machine that is gone. */
  async forget(machineId: string): Promise<void> {
    await this.obliterate(machineQueue(machineId));
    await removeMachineUser(this.redis.client, machineId);
  }

  /** Removes the queue of a pool that is gone. */
  async forgetPool(poolId: string): Promise<void> {
    await this.obliterate(poolQueue(poolId));
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.allSettled([...this.queues.values()].map((queue) => queue.close()));
  }

  private async obliterate(queueName: string): Promise<void> {
    const queue = this.queue(queueName);
    this.queues.delete(queueName);
    await queue.obliterate({ force: true }).finally(() => queue.close());
  }

  /** @throws when Redis is away: BullMQ would wait for it, and the request of a person with it. */
  private queue(name: string): Queue<Delivery> {
    if (this.redis.client.status !== 'ready') throw new Error('Redis is away');
    let queue = this.queues.get(name);
    if (!queue) {
      queue = new Queue<Delivery>(name, {
        connection: this.redis.client,
        prefix: QUEUE_PREFIX,
        skipVersionCheck: true,
      });
      const fresh = queue;
      fresh.on('error', () => undefined);
      this.queues.set(name, fresh);
      // One whose first words to Redis failed stays broken: the next delivery makes a new one.
      fresh.waitUntilReady().catch(() => {
        if (this.queues.get(name) === fresh) this.queues.delete(name);
      });
    }
    return queue;
  }
}

function deliveryKey(machineId: string, { runId, attempt }: AttemptRef): string {
  return `${machineKeyPrefix(machineId)}${deliveryId(runId, attempt)}`;
}
