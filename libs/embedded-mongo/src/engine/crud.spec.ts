import { startStore, type StoreServer } from '@mle/testing';
import mongoose from 'mongoose';
import { bundle } from '../../test/bundle.js';

const { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } = mongoose.mongo.BSON;

describe('documents', () => {
  let store: StoreServer;
  let client: mongoose.mongo.MongoClient;
  let runs: mongoose.mongo.Collection<mongoose.mongo.Document & { _id: string | number }>;

  beforeAll(async () => {
    store = await startStore({ bundle: bundle() });
    client = await new mongoose.mongo.MongoClient(store.uri).connect();
  });
  afterAll(async () => {
    await client.close();
    await store.stop();
  });
  beforeEach(() => {
    runs = client.db('mle').collection(`runs-${new ObjectId().toHexString()}`);
  });

  const updated = async (
    document: object,
    update: object,
    options: object = {},
    filter: object = {},
  ): Promise<object | null> => {
    await runs.deleteMany({});
    await runs.insertOne({ _id: 1, ...document });
    await runs.updateOne({ _id: 1, ...filter }, update, options);
    return runs.findOne({ _id: 1 }, { projection: { _id: 0 } });
  };

  it('keep every BSON type through an update of another field', async () => {
    const document = {
      double: new Double(5),
      int: new Int32(5),
      long: Long.fromString('9007199254740993'),
      small: Long.fromNumber(5),
      decimal: Decimal128.fromString('1.10'),
      binary: new Binary(Buffer.from([0xff, 0xfe, 0])),
      id: new ObjectId(),
      date: new Date(5),
      regex: /a/i,
      nothing: null,
      list: [new Double(1), null],
      stamp: new Timestamp({ t: 5, i: 1 }),
    };
    await runs.insertOne({ _id: 1, ...document });
    await runs.updateOne({ _id: 1 }, { $set: { 'nested.field': 1 } });
    const exact = await runs.findOne({ _id: 1 }, { promoteValues: false, promoteLongs: false, bsonRegExp: false });
    expect(exact).toEqual({ _id: new Int32(1), ...document, nested: { field: new Int32(1) } });
    await runs.updateOne({ _id: 1 }, [{ $set: { sum: { $add: ['$int', '$double'] } } }]);
    const after = await runs.findOne({ _id: 1 }, { promoteValues: false, promoteLongs: false });
    expect(after).toMatchObject({ ...document, sum: new Int32(10) });
  });

  it('of several megabytes come back unchanged', async () => {
    const bytes = Buffer.alloc(15 * 2 ** 20, 'ab');
    await runs.insertOne({ _id: 1, bytes });
    const found = await runs.findOne({ _id: 1 }, { promoteBuffers: true });
    expect(Buffer.compare(found?.['bytes'] as Buffer, bytes)).toBe(0);
  });

  it.each([
    ['$set', { a: 1 }, { $set: { 'b.c': 2 } }, { a: 1, b: { c: 2 } }],
    ['$set in an array', { a: [{ s: 1 }, { s: 2 }] }, { $set: { 'a.1.s': 9 } }, { a: [{ s: 1 }, { s: 9 }] }],
    ['$set beyond an array', { a: [1] }, { $set: { 'a.3': 4 } }, { a: [1, null, null, 4] }],
    ['$unset', { a: 1, b: { c: 1, d: 1 } }, { $unset: { a: '', 'b.c': '' } }, { b: { d: 1 } }],
    ['$unset in an array', { a: [1, 2] }, { $unset: { 'a.0': '' } }, { a: [null, 2] }],
    ['$inc', { a: 1 }, { $inc: { a: 2, b: -1 } }, { a: 3, b: -1 }],
    ['$mul', { a: 4 }, { $mul: { a: 2.5, b: 3 } }, { a: 10, b: 0 }],
    ['$min and $max', { a: 5, b: 5 }, { $min: { a: 3, c: 1 }, $max: { b: 3 } }, { a: 3, b: 5, c: 1 }],
    ['$rename', { a: 1 }, { $rename: { a: 'b.c' } }, { b: { c: 1 } }],
    ['$push', { a: [1] }, { $push: { a: 2, b: 'x' } }, { a: [1, 2], b: ['x'] }],
    [
      '$push with all modifiers',
      { a: [5, 1] },
      { $push: { a: { $each: [4, 2], $sort: 1, $slice: 3 } } },
      { a: [1, 2, 4] },
    ],
    ['$push at a position', { a: [1, 2] }, { $push: { a: { $each: [9], $position: 1 } } }, { a: [1, 9, 2] }],
    [
      '$push keeping the last',
      { a: [{ n: 2 }, { n: 1 }] },
      { $push: { a: { $each: [{ n: 3 }], $sort: { n: 1 }, $slice: -2 } } },
      { a: [{ n: 2 }, { n: 3 }] },
    ],
    ['$addToSet', { a: [1] }, { $addToSet: { a: { $each: [1, 2, 2] } } }, { a: [1, 2] }],
    ['$pull by value', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
    [
      '$pull by condition',
      {
        a: [
          { n: 1, s: 'x' },
          { n: 2, s: 'x' },
        ],
      },
      { $pull: { a: { n: { $gte: 2 }, s: 'x' } } },
      { a: [{ n: 1, s: 'x' }] },
    ],
    ['$pull by $in', { a: [1, 2, 3] }, { $pull: { a: { $in: [1, 3] } } }, { a: [2] }],
    ['$pullAll', { a: [1, 2, 3] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
    ['$pop', { a: [1, 2, 3], b: [1, 2] }, { $pop: { a: -1, b: 1 } }, { a: [2, 3], b: [1] }],
    ['$bit', { a: 5 }, { $bit: { a: { and: 6, or: 8 } } }, { a: 12 }],
    ['$[]', { a: [{ n: 1 }, { n: 2 }] }, { $inc: { 'a.$[].n': 10 } }, { a: [{ n: 11 }, { n: 12 }] }],
    ['a pipeline', { a: 2, b: 3 }, [{ $set: { c: { $multiply: ['$a', '$b'] } } }, { $unset: 'a' }], { b: 3, c: 6 }],
  ])('are changed by %s', async (_name, before, update, after) => {
    expect(await updated(before, update)).toEqual(after);
  });

  it('are changed where a positional operator says', async () => {
    const attempts = [
      { n: 1, s: 'a' },
      { n: 2, s: 'a' },
      { n: 3, s: 'b' },
    ];
    expect(await updated({ attempts }, { $set: { 'attempts.$.s': 'x' } }, {}, { 'attempts.n': 2 })).toMatchObject({
      attempts: [{ s: 'a' }, { s: 'x' }, { s: 'b' }],
    });
    expect(
      await updated(
        { attempts },
        { $set: { 'attempts.$.s': 'x' } },
        {},
        { attempts: { $elemMatch: { n: { $gt: 1 }, s: 'b' } } },
      ),
    ).toMatchObject({ attempts: [{ s: 'a' }, { s: 'a' }, { s: 'x' }] });
    expect(
      await updated(
        { attempts },
        { $set: { 'attempts.$[i].s': 'x' } },
        { arrayFilters: [{ 'i.n': { $gte: 2 }, 'i.s': 'a' }] },
      ),
    ).toMatchObject({ attempts: [{ s: 'a' }, { s: 'x' }, { s: 'b' }] });
  });

  it('keep number types as MongoDB does when counting', async () => {
    await runs.insertOne({ _id: 1, i: new Int32(2147483647), l: Long.fromNumber(1), d: new Double(1) });
    await runs.updateOne({ _id: 1 }, { $inc: { i: 1, l: 1, d: 1 } });
    expect(await runs.findOne({ _id: 1 }, { promoteValues: false, promoteLongs: false })).toMatchObject({
      i: Long.fromNumber(2147483648),
      l: Long.fromNumber(2),
      d: new Double(2),
    });
  });

  it.each([
    [{ $set: { a: 1, 'a.b': 2 } }, 40],
    [{ $set: { _id: 2 } }, 66],
    [{ $inc: { text: 1 } }, 14],
    [{ $push: { text: 1 } }, 2],
    [{ $set: { 'text.x': 1 } }, 28],
    [{ $frobnicate: { a: 1 } }, 9],
    [{ $set: { 'a.$[x]': 1 } }, 2],
  ])('refuse %j with code %i and stay as they were', async (update, code) => {
    await runs.insertOne({ _id: 1, text: 'x', a: [1] });
    await expect(runs.updateOne({ _id: 1 }, update as object)).rejects.toMatchObject({ code });
    expect(await runs.findOne({ _id: 1 })).toEqual({ _id: 1, text: 'x', a: [1] });
  });

  it('are upserted from filter and update', async () => {
    const result = await runs.updateOne(
      { kind: 'x', n: { $gt: 5 }, 'sub.k': { $eq: 1 } },
      { $set: { s: 1 }, $setOnInsert: { born: true } },
      { upsert: true },
    );
    expect(result).toMatchObject({ matchedCount: 0, upsertedCount: 1 });
    expect(await runs.findOne({})).toEqual({ _id: result.upsertedId, kind: 'x', sub: { k: 1 }, s: 1, born: true });
    expect(
      await runs.updateOne({ kind: 'x' }, { $set: { s: 1 }, $setOnInsert: { born: false } }, { upsert: true }),
    ).toMatchObject({ matchedCount: 1, modifiedCount: 0, upsertedCount: 0 });
  });

  it('are found and changed in one step', async () => {
    const upserted = await runs.findOneAndUpdate(
      { _id: 5 },
      { $inc: { n: 1 } },
      { upsert: true, returnDocument: 'after' },
    );
    expect(upserted).toEqual({ _id: 5, n: 1 });
    expect(await runs.findOneAndUpdate({ _id: 5 }, { $inc: { n: 1 } })).toEqual({ _id: 5, n: 1 });
    expect(
      await runs.findOneAndReplace({ _id: 5 }, { m: 1 }, { returnDocument: 'after', projection: { _id: 0 } }),
    ).toEqual({ m: 1 });
    await runs.insertMany([
      { _id: 6, m: 3 },
      { _id: 7, m: 2 },
    ]);
    expect(await runs.findOneAndDelete({}, { sort: { m: -1 } })).toEqual({ _id: 6, m: 3 });
    expect(await runs.findOneAndUpdate({ _id: 99 }, { $set: { a: 1 } })).toBeNull();
  });

  it.each([
    [{ a: 5 }, [1]],
    [{ a: { $gt: 4 } }, [1, 2]],
    [{ a: null }, [4, 5]],
    [{ a: { $exists: false } }, [5]],
    [{ a: { $ne: 5 } }, [2, 3, 4, 5]],
    [{ a: { $in: [5, 'x'] } }, [1, 3]],
    [{ a: { $in: [/^x/] } }, [3]],
    [{ a: { $type: 'string' } }, [3]],
    [{ a: /X/i }, [3]],
    [{ l: 2 }, [1]],
    [{ l: { $all: [1, 2] } }, [1]],
    [{ l: { $size: 3 } }, [2]],
    [{ 's.n': { $elemMatch: { $gt: 1 } } }, [1]],
    [{ 's.k': 'v' }, [1, 2]],
    [{ s: { $elemMatch: { k: 'v', m: 2 } } }, [2]],
    [{ $or: [{ a: 5 }, { a: 'x' }] }, [1, 3]],
    [{ $nor: [{ a: 5 }, { l: 9 }] }, [3, 4, 5]],
    [{ a: { $not: { $gt: 5 } } }, [1, 3, 4, 5]],
    [{ $expr: { $eq: ['$a', '$b'] } }, [1]],
    [{ a: { $mod: [2, 1] } }, [1]],
    [{ bin: Buffer.from([0xff, 1]) }, [2]],
  ])('are found by %j', async (filter, ids) => {
    await runs.insertMany([
      { _id: 1, a: 5, b: 5, l: [1, 2], s: { n: [1, 2], k: 'v' }, bin: Buffer.from([0xfe, 1]) },
      { _id: 2, a: 6, b: 0, l: [3, 3, 9], s: [{ k: 'v', m: 2 }, { k: 'w' }], bin: Buffer.from([0xff, 1]) },
      { _id: 3, a: 'x', b: 1 },
      { _id: 4, a: null, b: 1 },
      { _id: 5, b: 1 },
    ]);
    expect((await runs.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id)).toEqual(ids);
    expect(await runs.countDocuments(filter)).toBe(ids.length);
  });

  it.each([
    [{ a: 1 }, { _id: 1, a: 1 }],
    [{ a: 1, _id: 0 }, { a: 1 }],
    [{ b: 0 }, { _id: 1, a: 1, l: [{ x: 1, y: 2 }, { x: 3 }] }],
    [{ 'l.x': 1 }, { _id: 1, l: [{ x: 1 }, { x: 3 }] }],
    [
      { 'l.x': 0, b: 0 },
      { _id: 1, a: 1, l: [{ y: 2 }, {}] },
    ],
    [
      { l: { $slice: 1 }, _id: 1, a: 1 },
      { _id: 1, a: 1, l: [{ x: 1, y: 2 }] },
    ],
    [{ sum: { $add: ['$a', 1] } }, { _id: 1, sum: 2 }],
  ])('are shown by the projection %j', async (projection, shown) => {
    await runs.insertOne({ _id: 1, a: 1, b: { c: 1 }, l: [{ x: 1, y: 2 }, { x: 3 }] });
    expect(await runs.findOne({}, { projection })).toEqual(shown);
  });

  it('are written in bulk, ordered up to the first error and unordered past it', async () => {
    const documents = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];
    await expect(runs.insertMany(documents)).rejects.toMatchObject({
      code: 11000,
      result: { insertedCount: 1 },
      writeErrors: [{ index: 1 }],
    });
    expect(await runs.countDocuments()).toBe(1);
    await expect(
      runs.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 2 }, { _id: 3 }], { ordered: false }),
    ).rejects.toMatchObject({ result: { insertedCount: 2 }, writeErrors: [{ index: 0 }, { index: 2 }] });
    const result = await runs.bulkWrite([
      { updateMany: { filter: {}, update: { $set: { a: 1 } } } },
      { deleteOne: { filter: { _id: 1 } } },
      { insertOne: { document: { _id: 9 } } },
      { replaceOne: { filter: { _id: 2 }, replacement: { z: 1 } } },
      { updateOne: { filter: { _id: 10 }, update: { $set: { a: 1 } }, upsert: true } },
    ]);
    expect(result).toMatchObject({ insertedCount: 1, matchedCount: 4, deletedCount: 1, upsertedCount: 1 });
    expect(await runs.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 2, z: 1 },
      { _id: 3, a: 1 },
      { _id: 9 },
      { _id: 10, a: 1 },
    ]);
  });

  it('let exactly one of 200 concurrent conditional updates win', async () => {
    const others = await Promise.all(
      Array.from({ length: 8 }, () =>
        new mongoose.mongo.MongoClient(store.uri, { maxPoolSize: 25, minPoolSize: 25 }).connect(),
      ),
    );
    for (let round = 0; round < 5; round++) {
      await runs.insertOne({ _id: round, state: 'queued' });
      const results = await Promise.all(
        Array.from({ length: 200 }, async (_, i) =>
          others[i % 8]
            ?.db('mle')
            .collection<{ _id: string | number }>(runs.collectionName)
            .updateOne({ _id: round, state: 'queued' }, { $set: { state: 'assigned', by: i } }),
        ),
      );
      expect(results.reduce((sum, result) => sum + (result?.modifiedCount ?? 0), 0)).toBe(1);
      expect(await runs.findOne({ _id: round })).toMatchObject({
        by: results.findIndex((result) => result?.modifiedCount === 1),
      });
    }
    await Promise.all(others.map((other) => other.close()));
  });
});
