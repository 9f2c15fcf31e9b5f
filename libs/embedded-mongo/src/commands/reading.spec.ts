import { startStore, type StoreServer } from '@mle/testing';
import mongoose from 'mongoose';
import { bundle } from '../../test/bundle.js';

type Row = mongoose.mongo.Document & { _id: string | number };

describe('reading', () => {
  let store: StoreServer;
  let client: mongoose.mongo.MongoClient;
  let db: mongoose.mongo.Db;
  let rows: mongoose.mongo.Collection<Row>;

  beforeAll(async () => {
    store = await startStore({ bundle: bundle() });
    client = await new mongoose.mongo.MongoClient(store.uri, { monitorCommands: true }).connect();
    db = client.db('mle');
    rows = db.collection('rows');
    await rows.insertMany(Array.from({ length: 10_000 }, (_, i) => ({ _id: i, n: i, mod: i % 7 })));
  });
  afterAll(async () => {
    await client.close();
    await store.stop();
  });

  it('goes through 10,000 documents batch by batch, in order', async () => {
    let batches = 0;
    const count = (event: mongoose.mongo.CommandSucceededEvent): void => {
      if (event.commandName === 'getMore') batches++;
    };
    client.on('commandSucceeded', count);
    const seen: unknown[] = [];
    for await (const { _id } of rows.find({}, { batchSize: 500 }).sort({ _id: -1 })) seen.push(_id);
    client.off('commandSucceeded', count);
    expect(seen).toEqual(Array.from({ length: 10_000 }, (_, i) => 9999 - i));
    expect(batches).toBeGreaterThanOrEqual(19);
  });

  it('keeps its order and shows nothing twice while documents change', async () => {
    const copy = db.collection<Row>('copy');
    await copy.createIndex({ n: 1 });
    await copy.insertMany(Array.from({ length: 2000 }, (_, i) => ({ _id: i, n: i })));
    const seen: number[] = [];
    for await (const { n } of copy.find({}, { batchSize: 50 }).sort({ n: 1 })) {
      seen.push(n);
      if (n % 100 === 0) {
        await copy.deleteMany({ n: { $gt: n + 10, $lt: n + 20 } });
        await copy.insertOne({ _id: `before-${n}`, n: n - 0.5 });
      }
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.at(-1)).toBe(1999);
  });

  it('refuses a cursor that was closed, and closes the ones it is told to', async () => {
    const first = await db.command({ find: 'rows', batchSize: 2 });
    const id = first['cursor'].id;
    expect(await db.command({ killCursors: 'rows', cursors: [id] })).toMatchObject({ cursorsKilled: [id] });
    await expect(db.command({ getMore: id, collection: 'rows' })).rejects.toMatchObject({
      code: 43,
      codeName: 'CursorNotFound',
    });
  });

  it('skips, limits, counts and lists distinct values', async () => {
    expect((await rows.find({ mod: 3 }).skip(2).limit(2).toArray()).map(({ _id }) => _id)).toEqual([17, 24]);
    expect(await rows.countDocuments({ mod: 3 }, { skip: 10, limit: 5 })).toBe(5);
    expect(await rows.estimatedDocumentCount()).toBe(10_000);
    expect(await rows.distinct('mod')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await rows.distinct('mod', { n: { $lt: 2 } })).toEqual([0, 1]);
  });

  it('sorts beyond an index, mixed types and arrays included', async () => {
    const mixed = db.collection<Row>('mixed');
    await mixed.insertMany([
      { _id: 1, v: 'b' },
      { _id: 2, v: [5, 1] },
      { _id: 3 },
      { _id: 4, v: 2 },
      { _id: 5, v: 'a' },
      { _id: 6, v: true },
    ]);
    expect((await mixed.find().sort({ v: 1 }).toArray()).map(({ _id }) => _id)).toEqual([3, 2, 4, 5, 1, 6]);
    expect((await mixed.find().sort({ v: -1 }).limit(4).toArray()).map(({ _id }) => _id)).toEqual([6, 1, 5, 2]);
    expect(
      (await mixed.aggregate([{ $project: { v: 1 } }, { $sort: { v: 1 } }]).toArray()).map(({ _id }) => _id),
    ).toEqual([3, 2, 4, 5, 1, 6]);
  });

  it('groups, joins, unwinds and facets', async () => {
    const owner = new mongoose.mongo.ObjectId();
    const other = new mongoose.mongo.ObjectId();
    await db.collection('owners').insertMany([
      { _id: owner, name: 'A' },
      { _id: other, name: 'B' },
    ]);
    await db.collection<Row>('runs').insertMany([
      { _id: 1, owner, state: 'done', ms: 10, tags: ['x', 'y'] },
      { _id: 2, owner, state: 'lost', ms: 30, tags: ['x'] },
      { _id: 3, owner: other, state: 'done', ms: 50, tags: [] },
    ]);
    const runs = db.collection('runs');
    expect(
      await runs
        .aggregate([
          { $group: { _id: '$owner', n: { $sum: 1 }, mean: { $avg: '$ms' }, last: { $max: '$ms' } } },
          { $sort: { last: 1 } },
        ])
        .toArray(),
    ).toEqual([
      { _id: owner, n: 2, mean: 20, last: 30 },
      { _id: other, n: 1, mean: 50, last: 50 },
    ]);
    expect(
      await runs
        .aggregate([
          { $lookup: { from: 'owners', localField: 'owner', foreignField: '_id', as: 'by' } },
          { $unwind: '$by' },
          { $project: { name: '$by.name' } },
        ])
        .toArray(),
    ).toEqual([
      { _id: 1, name: 'A' },
      { _id: 2, name: 'A' },
      { _id: 3, name: 'B' },
    ]);
    expect(
      await runs
        .aggregate([
          {
            $lookup: {
              from: 'owners',
              let: { o: '$owner' },
              pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$o'] } } }],
              as: 'by',
            },
          },
          { $match: { _id: 3 } },
        ])
        .toArray(),
    ).toMatchObject([{ by: [{ name: 'B' }] }]);
    expect(await runs.aggregate([{ $unwind: '$tags' }, { $sortByCount: '$tags' }]).toArray()).toEqual([
      { _id: 'x', count: 2 },
      { _id: 'y', count: 1 },
    ]);
    expect(
      await runs
        .aggregate([
          { $facet: { states: [{ $group: { _id: '$state' } }, { $sort: { _id: 1 } }], total: [{ $count: 'n' }] } },
        ])
        .toArray(),
    ).toEqual([{ states: [{ _id: 'done' }, { _id: 'lost' }], total: [{ n: 3 }] }]);
    expect(await runs.aggregate([{ $match: { state: 'done' } }, { $count: 'n' }]).toArray()).toEqual([{ n: 2 }]);
  });

  it.each([
    [{ frobnicate: 1 }, 59, 'CommandNotFound'],
    [{ find: 'rows', filter: { $where: 'true' } }, 2, 'BadValue'],
    [{ find: 'rows', filter: { a: { $frob: 1 } } }, 2, 'BadValue'],
    [{ find: 'rows', filter: { $frob: 1 } }, 2, 'BadValue'],
    [{ find: 'rows', filter: { a: { $in: 1 } } }, 2, 'BadValue'],
    [{ find: 'rows', filter: 5 }, 14, 'TypeMismatch'],
    [{ find: 'rows', hint: 'none' }, 2, 'BadValue'],
    [{ find: 'rows', collation: { locale: 'de' } }, 115, 'CommandNotSupported'],
    [{ aggregate: 'rows', pipeline: [{ $changeStream: {} }], cursor: {} }, 40573, 'Location40573'],
    [{ aggregate: 'rows', pipeline: [{ $out: 'x' }], cursor: {} }, 115, 'CommandNotSupported'],
    [{ aggregate: 'rows', pipeline: [{ $frob: 1 }], cursor: {} }, 40324, 'Location40324'],
    [
      { insert: 'rows', documents: [{ a: 1 }], txnNumber: new mongoose.mongo.BSON.Long(1n), startTransaction: true },
      20,
      'IllegalOperation',
    ],
    [{ commitTransaction: 1 }, 20, 'IllegalOperation'],
    [{ update: 'rows', updates: [] }, 72, 'InvalidOptions'],
    [{ create: 'rows' }, 48, 'NamespaceExists'],
    [{ create: 'capped', capped: true, size: 5 }, 115, 'CommandNotSupported'],
    [{ listIndexes: 'nowhere' }, 26, 'NamespaceNotFound'],
    [{ insert: 'a$b', documents: [{ a: 1 }] }, 73, 'InvalidNamespace'],
  ])('answers %j with %i %s', async (command, code, codeName) => {
    const refused = await db.command(command).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ code, codeName });
  });

  it('says what it is', async () => {
    const hello = await db.admin().command({ hello: 1 });
    expect(hello).toMatchObject({ isWritablePrimary: true, maxBsonObjectSize: 16_777_216, ok: 1 });
    expect(hello).not.toHaveProperty('setName');
    expect(hello).not.toHaveProperty('logicalSessionTimeoutMinutes');
    expect(await db.command({ buildInfo: 1 })).toMatchObject({ version: '7.0.0' });
    expect((await db.listCollections().toArray()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['rows', 'runs']),
    );
    expect((await db.admin().listDatabases()).databases).toMatchObject([{ name: 'mle' }]);
  });
});
