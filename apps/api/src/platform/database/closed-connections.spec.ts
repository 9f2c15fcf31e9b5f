import { type Parts, startParts } from '@mle/testing';
import { createConnection } from 'mongoose';
import { failOnClosedConnections } from './closed-connections.js';

describe('a database that is killed', () => {
  let parts: Parts;
  beforeAll(async () => {
    failOnClosedConnections();
    parts = await startParts();
  });
  afterAll(() => parts?.stop());

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
