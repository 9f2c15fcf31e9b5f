import { startStore, type StoreServer } from '@mle/testing';
import mongoose from 'mongoose';
import { bundle } from '../../test/bundle.js';

type Row = mongoose.mongo.Document & { _id: string | number };

interface Explained {
  stages: string[];
  index: string | undefined;
  keys: number;
  documents: number;
  returned: number;
}

describe('indexes', () => {
  let store: StoreServer;
  let client: mongoose.mongo.MongoClient;
  let rows: mongoose.mongo.Collection<Row>;
  let number = 0;

  beforeAll(async () => {
    store = await startStore({ bundle: bundle(), args: ['--ttl-seconds', '1'] });
    client = await new mongoose.mongo.MongoClient(store.uri).connect();
  });
  afterAll(async () => {
    await client.close();
    await store.stop();
  });
  beforeEach(() => {
    rows = client.db('mle').collection(`rows-${number++}`);
  });

  async function explain(find: mongoose.mongo.FindCursor): Promise<Explained> {
    const plan = await find.explain('executionStats');
    const stages: string[] = [];
    let index: string | undefined;
    for (let stage = plan['queryPlanner'].winningPlan; stage !== undefined; stage = stage.inputStage) {
      stages.push(stage.stage);
      index ??= stage.indexName;
    }
    const { totalKeysExamined: keys, totalDocsExamined: documents, nReturned: returned } = plan['executionStats'];
    return { stages, index, keys, documents, returned };
  }

  const filled = async (count = 1000): Promise<void> => {
    await rows.insertMany(
      Array.from({ length: count }, (_, i) => ({
        _id: i,
        owner: i % 10,
        state: ['queued', 'running', 'done'][i % 3],
        n: i,
        name: `row ${i}`,
      })),
    );
  };

  it('answer an equality by one key, and without them all documents are read', async () => {
    await filled();
    expect(await explain(rows.find({ name: 'row 5' }))).toMatchObject({
      stages: ['COLLSCAN'],
      keys: 0,
      documents: 1000,
      returned: 1,
    });
    await rows.createIndex({ name: 1 }, { unique: true });
    expect(await explain(rows.find({ name: 'row 5' }))).toEqual({
      stages: ['FETCH', 'IXSCAN'],
      index: 'name_1',
      keys: 1,
      documents: 1,
      returned: 1,
    });
    expect(await explain(rows.find({ _id: 7 }))).toMatchObject({ index: '_id_', keys: 1, documents: 1 });
    expect(await explain(rows.find({ _id: { $in: [1, 2, 5000] } }))).toMatchObject({
      index: '_id_',
      keys: 2,
      documents: 2,
    });
  });

  it('answer prefix, range and order of a compound key', async () => {
    await filled();
    await rows.createIndex({ owner: 1, n: -1 });
    expect(await explain(rows.find({ owner: 3, n: { $gte: 100, $lt: 200 } }))).toMatchObject({
      index: 'owner_1_n_-1',
      keys: 10,
      documents: 10,
    });
    for (const way of [1, -1] as const) {
      const page = rows.find({ owner: 3 }).sort({ n: way }).limit(5);
      expect(await explain(rows.find({ owner: 3 }).sort({ n: way }).limit(5))).toMatchObject({
        stages: ['LIMIT', 'FETCH', 'IXSCAN'],
        keys: 5,
        documents: 5,
      });
      expect((await page.toArray()).map(({ n }) => n)).toEqual(
        way === 1 ? [3, 13, 23, 33, 43] : [993, 983, 973, 963, 953],
      );
    }
    expect((await explain(rows.find({ owner: 3 }).sort({ name: 1 }))).stages).toEqual(['SORT', 'FETCH', 'IXSCAN']);
  });

  it('page by _id without reading the rest', async () => {
    await filled();
    const page = rows
      .find({ _id: { $lt: 500 } })
      .sort({ _id: -1 })
      .limit(3);
    expect((await page.toArray()).map(({ _id }) => _id)).toEqual([499, 498, 497]);
    expect(
      await explain(
        rows
          .find({ _id: { $lt: 500 } })
          .sort({ _id: -1 })
          .limit(3),
      ),
    ).toMatchObject({ index: '_id_', documents: 3 });
    expect(await explain(rows.find().sort({ _id: -1 }).limit(3))).toMatchObject({ documents: 3 });
  });

  it('merge the ranges of $in to keep the order', async () => {
    await filled();
    await rows.createIndex({ state: 1, n: 1 });
    const find = (): mongoose.mongo.FindCursor<Row> =>
      rows
        .find({ state: { $in: ['queued', 'running'] } })
        .sort({ n: -1 })
        .limit(4);
    expect((await find().toArray()).map(({ n }) => n)).toEqual([999, 997, 996, 994]);
    expect(await explain(find())).toMatchObject({ stages: ['LIMIT', 'FETCH', 'IXSCAN'], documents: 4 });
  });

  it('find the same as a scan does, for values of every type', async () => {
    const values = [
      1,
      2.5,
      -3,
      null,
      undefined,
      'a',
      'b\0c',
      '',
      true,
      false,
      new Date(5),
      { k: 1 },
      [1, 'a'],
      [],
      [[1]],
      /x/,
      Buffer.from([1]),
      new mongoose.mongo.BSON.Long(5n),
      'x'.repeat(3000),
      `${'x'.repeat(3000)}y`,
    ];
    const documents = values.flatMap((v, i) => [
      { _id: `${i}`, ...(v === undefined ? {} : { v }), w: i },
      { _id: `${i}b`, v: i, w: -i },
    ]);
    await rows.insertMany(documents);
    const indexed = client.db('mle').collection<Row>(`indexed-${number}`);
    await indexed.createIndex({ v: 1, w: -1 });
    await indexed.insertMany(documents);
    const filters = [
      ...values.filter((v) => v !== undefined).flatMap((v) => [{ v }, { v: { $in: [v, 7] } }]),
      ...[1, 'a', true, new Date(5), 'x'.repeat(3000)].flatMap((v) => [
        { v: { $gt: v } },
        { v: { $gte: v } },
        { v: { $lt: v } },
        { v: { $lte: v } },
        { v: { $gte: v, $lte: v } },
      ]),
      { v: { $ne: 1 } },
      { v: { $exists: true } },
      { v: { $gt: 0, $lt: 2 } },
      { v: 1, w: { $gt: -100 } },
      { v: { $gt: 3 }, w: { $lt: 0 } },
    ] as mongoose.mongo.Filter<Row>[];
    for (const filter of filters) {
      const ids = async (from: mongoose.mongo.Collection<Row>): Promise<string[]> =>
        (await from.find(filter).toArray()).map(({ _id }) => String(_id)).sort();
      expect({ filter, ids: await ids(indexed) }).toEqual({ filter, ids: await ids(rows) });
      expect(await indexed.countDocuments(filter)).toBe(await rows.countDocuments(filter));
    }
    for (const v of [1, -1] as const) {
      const order = async (from: mongoose.mongo.Collection<Row>): Promise<unknown[]> =>
        (await from.find().sort({ v, w: 1, _id: 1 }).toArray()).map(({ _id }) => _id);
      expect(await order(indexed)).toEqual(await order(rows));
    }
  });

  it('keep values unique, also compound ones, also under concurrency', async () => {
    await rows.createIndex({ project: 1, number: 1 }, { unique: true, name: 'by-number' });
    await rows.insertOne({ _id: 1, project: 'p', number: 1 });
    await expect(rows.insertOne({ _id: 2, project: 'p', number: 1 })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { project: 1, number: 1 },
      keyValue: { project: 'p', number: 1 },
      message: `E11000 duplicate key error collection: mle.${rows.collectionName} index: by-number dup key: { project: "p", number: 1 }`,
    });
    await rows.insertOne({ _id: 2, project: 'p', number: 2 });
    await expect(rows.updateOne({ _id: 2 }, { $set: { number: 1 } })).rejects.toMatchObject({ code: 11000 });
    const attempts = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => rows.insertOne({ _id: 100 + i, project: 'q', number: 1 })),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await rows.countDocuments({ project: 'q' })).toBe(1);
    await expect(rows.createIndex({ project: 1 }, { unique: true })).rejects.toMatchObject({ code: 11000 });
    expect((await rows.indexes()).map(({ name }) => name)).toEqual(['_id_', 'by-number']);
  });

  it('that are sparse or partial concern only the documents they hold', async () => {
    await rows.createIndex({ email: 1 }, { unique: true, sparse: true });
    await rows.createIndex({ key: 1 }, { unique: true, partialFilterExpression: { key: { $type: 'string' } } });
    await rows.insertMany([
      { _id: 1 },
      { _id: 2 },
      { _id: 3, key: null },
      { _id: 4, key: null },
      { _id: 5, email: 'a', key: 'k' },
    ]);
    await expect(rows.insertOne({ _id: 6, email: 'a' })).rejects.toMatchObject({ code: 11000 });
    await expect(rows.insertOne({ _id: 6, key: 'k' })).rejects.toMatchObject({ code: 11000 });
    expect(await explain(rows.find({ email: 'a' }))).toMatchObject({ index: 'email_1', documents: 1 });
    expect(await explain(rows.find({ key: 'k' }))).toMatchObject({ index: 'key_1', documents: 1 });
    expect(await explain(rows.find({ email: null }))).toMatchObject({ stages: ['COLLSCAN'], returned: 4 });
    expect(await explain(rows.find({ key: null }))).toMatchObject({ stages: ['COLLSCAN'], returned: 4 });
    expect(await explain(rows.find().sort({ email: 1 }))).toMatchObject({ stages: ['SORT', 'COLLSCAN'], returned: 5 });
    await rows.updateOne({ _id: 5 }, { $unset: { key: '', email: '' } });
    await rows.insertOne({ _id: 6, email: 'a', key: 'k' });
  });

  it('over arrays hold each element once', async () => {
    await rows.createIndex({ tags: 1 });
    await rows.insertMany([{ _id: 1, tags: ['a', 'b', 'a'] }, { _id: 2, tags: 'b' }, { _id: 3, tags: [] }, { _id: 4 }]);
    expect(await explain(rows.find({ tags: 'b' }))).toMatchObject({ index: 'tags_1', keys: 2, returned: 2 });
    expect((await rows.find({ tags: { $gte: 'a' } }).toArray()).map(({ _id }) => _id)).toEqual([1, 2]);
    expect((await rows.find({ tags: null }).toArray()).map(({ _id }) => _id)).toEqual([4]);
    await rows.updateOne({ _id: 1 }, { $pull: { tags: 'b' } } as object);
    expect(await explain(rows.find({ tags: 'b' }))).toMatchObject({ keys: 1, returned: 1 });
    await rows.createIndex({ a: 1, b: 1 });
    await expect(rows.insertOne({ _id: 9, a: [1], b: [1] })).rejects.toMatchObject({ code: 171 });
  });

  it('follow updates and deletes', async () => {
    await filled(300);
    await rows.createIndex({ state: 1 });
    await rows.updateMany({ state: 'queued' }, { $set: { state: 'lost' } });
    await rows.deleteMany({ state: 'running' });
    expect(await explain(rows.find({ state: 'queued' }))).toMatchObject({ keys: 0, returned: 0 });
    expect(await explain(rows.find({ state: 'lost' }))).toMatchObject({ keys: 100, returned: 100 });
    expect(await explain(rows.find({ state: { $gt: '' } }))).toMatchObject({ keys: 200, returned: 200 });
    await rows.dropIndex('state_1');
    expect(await explain(rows.find({ state: 'lost' }))).toMatchObject({ stages: ['COLLSCAN'], returned: 100 });
    await rows.drop();
    expect(await rows.countDocuments()).toBe(0);
    await rows.insertOne({ _id: 1, state: 'new' });
    expect(await rows.countDocuments({})).toBe(1);
  });

  it('with a time to live remove what is over', async () => {
    await rows.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    await rows.insertMany([
      { _id: 'old', at: new Date(Date.now() - 61_000) },
      { _id: 'new', at: new Date() },
      { _id: 'none' },
      { _id: 'text', at: 'x' },
    ]);
    for (let i = 0; i < 40 && (await rows.countDocuments()) > 3; i++)
      await new Promise((resume) => setTimeout(resume, 100));
    expect((await rows.find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id)).toEqual(['new', 'none', 'text']);
  });

  it('that contradict existing ones are refused', async () => {
    await rows.createIndex({ a: 1 });
    await rows.createIndex({ a: 1 });
    await expect(rows.createIndex({ b: 1 }, { name: 'a_1' })).rejects.toMatchObject({ code: 86 });
    await expect(rows.createIndex({ a: 1 }, { name: 'other' })).rejects.toMatchObject({ code: 85 });
    await expect(rows.createIndex({ a: 'text' })).rejects.toMatchObject({ code: 67 });
    await expect(rows.dropIndex('none')).rejects.toMatchObject({ code: 27 });
  });
});
