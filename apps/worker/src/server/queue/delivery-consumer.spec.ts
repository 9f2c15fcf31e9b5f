import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DELIVERY_JOB, machineQueue, QUEUE_PREFIX } from '@mle/protocol';
import { startRedis, until } from '@mle/testing';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { QueuePipe } from '../../../test/queue-pipe.js';
import { DeliveryConsumer } from './delivery-consumer.js';

test('asks again after a wait that was given up between two connections, and was never answered', async () => {
  const redis = await startRedis();
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const pipe = new QueuePipe(http, redis, () => true);
  pipe.refuses = true;
  const route = { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, agent: null };
  const machineId = 'a'.repeat(24);
  const runId = 'b'.repeat(24);
  const delivered: string[] = [];
  let wanted = true;
  const deliver = (delivery: { runId: string }): Promise<void> => {
    delivered.push(delivery.runId);
    return Promise.resolve();
  };
  const consumer = new DeliveryConsumer(
    { route, credential: () => '' },
    machineId,
    { wanted: () => wanted, deliver },
    pino({ level: 'silent' }),
  );
  const connection = new Redis({ path: redis.socket, password: redis.password, maxRetriesPerRequest: null });
  const queue = new Queue(machineQueue(machineId), { connection, prefix: QUEUE_PREFIX });
  try {
    // The more often, the longer the pause before the next: the wait is given up in one.
    await until('it dials in vain', () => pipe.refused >= 8);
    wanted = false;
    consumer.reconsider();
    pipe.refuses = false;
    wanted = true;
    consumer.reconsider();
    await queue.add(DELIVERY_JOB, { runId, attempt: 1 });
    await until('it is delivered', () => delivered.includes(runId));
  } finally {
    await consumer.close();
    await queue.close();
    connection.disconnect();
    pipe.cut();
    http.close();
    await redis.stop();
  }
});
