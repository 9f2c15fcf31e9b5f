import { setTimeout as sleep } from 'node:timers/promises';
import { type Parts, startParts } from '@mle/testing';
import { createConnection } from 'mongoose';
import { isOutage } from '../http/problem.js';
import { failOnClosedConnections } from './closed-connections.js';

describe('a database that is killed', () => {
  let parts: Parts;
  beforeAll(async () => {
    failOnClosedConnections();
    parts = await startParts();
  });
  afterAll(() => parts?.stop());

  it('is an outage for a command that was still being written', async () => {
    const connection = await createConnection(parts.mongodbUri, {
      serverSelectionTimeoutMS: 3_000,
      bufferCommands: false,
      retryWrites: false,
    }).asPromise();
    const collection = connection.collection<{ text: string }>('texts');
    await collection.findOne({});
    // Too much for the buffers of the socket: it is not written when its reader ends.
    process.kill(parts.store.pid, 'SIGSTOP');
    const caught = collection.insertOne({ text: 'x'.repeat(12_000_000) }).then(
      () => null,
      (error: unknown) => error,
    );
    await sleep(100);
    await parts.store.kill();
    expect(isOutage(await caught)).toBe(true);
    await parts.store.start();
    await connection.close();
  });

  it('answers or fails every command, and hangs none @full', async () => {
    const connection = await createConnection(parts.mongodbUri, {
      serverSelectionTimeoutMS: 3_000,
      bufferCommands: false,
    }).asPromise();
    const collection = connection.collection<{ _id: number }>('numbers');
    for (let round = 0; round < 12; round++) {
      await collection.findOne({}).catch(() => null);
      await parts.store.kill();
      // Sent in the moment in which the driver has not yet heard that the connection is closed.
      const caught = collection.insertOne({ _id: round }).then(
        () => 'stored',
        (error: unknown) => (error as Error).name,
      );
      await parts.store.start();
      expect(['stored', 'MongoNetworkError', 'MongoServerSelectionError']).toContain(await caught);
      await collection.findOne({}).catch(() => collection.findOne({}));
    }
    await connection.close();
  });
});
