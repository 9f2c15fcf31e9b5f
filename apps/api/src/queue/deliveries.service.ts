import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Queue } from 'bullmq';
import { DELIVERY_JOB, deliveryId, machineQueue, QUEUE_PREFIX, type AttemptRef, type Delivery } from '@mle/protocol';
import { RedisService } from '../redis/redis.service.js';
import { machineKeyPrefix, removeMachineUser } from './machine-acl.js';

/** BullMQ serves low numbers first; ours are −100 to 100, high first. */
const bullPriority = (priority: number): number => 101 - priority;

/** Puts deliveries of attempts on the queues of machines. Each may be repeated: the same attempt is the same job. */
@Injectable()
export class DeliveriesService implements OnModuleDestroy {
  private readonly queues = new Map<string, Queue<Delivery>>();

  constructor(private readonly redis: RedisService) {}

  /** Rejects when Redis is away, or does not take the delivery in time; the reconciler repeats it from the database. */
  async deliver(machineId: string, delivery: Delivery, priority: number): Promise<void> {
    await this.queue(machineId).add(DELIVERY_JOB, delivery, {
      jobId: deliveryId(delivery.runId, delivery.attempt),
      priority: bullPriority(priority),
      removeOnComplete: true,
      removeOnFail: true,
    });
  }

  /** Takes a delivery back that no worker has. */
  async withdraw(machineId: string, { runId, attempt }: AttemptRef): Promise<void> {
    await this.queue(machineId).remove(deliveryId(runId, attempt));
  }

  async exists(machineId: string, { runId, attempt }: AttemptRef): Promise<boolean> {
    return (await this.redis.client.exists(`${machineKeyPrefix(machineId)}${deliveryId(runId, attempt)}`)) === 1;
  }

  /** Removes the queue of a machine that is gone. */
  async forget(machineId: string): Promise<void> {
    const queue = this.queue(machineId);
    this.queues.delete(machineId);
    await queue.obliterate({ force: true }).finally(() => queue.close());
    await removeMachineUser(this.redis.client, machineId);
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.allSettled([...this.queues.values()].map((queue) => queue.close()));
  }

  /** @throws when Redis is away: BullMQ would wait for it, and the request of a person with it. */
  private queue(machineId: string): Queue<Delivery> {
    if (this.redis.client.status !== 'ready') throw new Error('Redis is away');
    let queue = this.queues.get(machineId);
    if (!queue) {
      queue = new Queue<Delivery>(machineQueue(machineId), {
        connection: this.redis.client,
        prefix: QUEUE_PREFIX,
        skipVersionCheck: true,
      });
      const fresh = queue;
      fresh.on('error', () => undefined);
      this.queues.set(machineId, fresh);
      // One whose first words to Redis failed stays broken: the next delivery makes a new one.
      fresh.waitUntilReady().catch(() => {
        if (this.queues.get(machineId) === fresh) this.queues.delete(machineId);
      });
    }
    return queue;
  }
}
