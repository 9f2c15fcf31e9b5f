import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, ending, startStore, type StoreOptions, StoreServer } from '@mle/testing';
import mongoose from 'mongoose';
import { bundle } from '../../test/bundle.js';

const options = (): StoreOptions => ({ bundle: bundle(), fsync: true });

/** Runs the store with these arguments to its end. */
const runToEnd = (args: string[], secret = 'a secret'): Promise<Ended> => {
  const child = spawn(process.execPath, [bundle(), ...args]);
  // It may end before it has read it.
  child.stdin.on('error', () => undefined).end(secret);
  return ending(child);
};

describe('the process', () => {
  let store: StoreServer;
  beforeEach(async () => {
    store = await startStore(options());
  });
  afterEach(() => store.stop());

  it.each([
    [[], '--socket is missing'],
    [['--socket', 'x'], '--data is missing'],
    [['--socket', 'x', '--data', 'y', '--frob'], 'frob'],
    [['--socket', 'x', '--data', 'y', '--lifeline-fd', 'abc'], '--lifeline-fd must be a whole number'],
    [['--socket', 'x'.repeat(200), '--data', 'y'], 'longer than 107 bytes'],
  ])('refuses the arguments %j', async (args, sentence) => {
    const { code, stderr } = await runToEnd(args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('refuses to start without a secret', async () => {
    const { code, stderr } = await runToEnd(['--socket', 'x', '--data', 'y'], '\n');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('secret') });
  });

  it('refuses a data directory that another store works on, and leaves that one alone', async () => {
    const { code, stderr } = await runToEnd(['--socket', `${store.socket}2`, '--data', store.data]);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by another store') });
    expect(existsSync(store.socket)).toBe(true);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends orderly by %s and removes its socket and lock', async (signal) => {
    store.signal(signal);
    expect(await store.ended).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(store.socket)).toBe(false);
    expect(existsSync(join(store.data, 'store.lock'))).toBe(false);
    await store.start();
  });

  it('starts over what a killed one left behind, even if its pid lives on as another process', async () => {
    await store.kill('SIGKILL');
    expect(existsSync(store.socket)).toBe(true);
    await store.start();
    await store.kill('SIGKILL');
    writeFileSync(join(store.data, 'store.lock'), JSON.stringify({ pid: process.pid, startTime: 'another-boot:1' }));
    await store.start();
    await store.kill('SIGKILL');
    writeFileSync(join(store.data, 'store.lock'), '');
    await store.start();
  });

  it('ends when the lifeline is cut', async () => {
    await store.kill('SIGTERM');
    const tied = new StoreServer(store.folder, { ...options(), lifeline: true });
    await tied.start();
    tied.cutLifeline();
    expect(await tied.ended).toMatchObject({ code: 0 });
    expect(existsSync(store.socket)).toBe(false);
    await store.start();
  });

  it('finishes the writes in flight when it is told to end', async () => {
    const client = await new mongoose.mongo.MongoClient(store.uri, { serverSelectionTimeoutMS: 500 }).connect();
    const rows = client.db('mle').collection<{ _id: number }>('rows');
    const writes = Array.from({ length: 300 }, (_, i) =>
      rows.insertOne({ _id: i }).then(
        () => i,
        () => null,
      ),
    );
    await writes[20];
    store.signal('SIGTERM');
    expect(await store.ended).toMatchObject({ code: 0 });
    const acknowledged = (await Promise.all(writes)).filter((i) => i !== null);
    await client.close();
    await store.start();
    const again = await new mongoose.mongo.MongoClient(store.uri).connect();
    const kept = new Set(
      (await again.db('mle').collection<{ _id: number }>('rows').find().toArray()).map(({ _id }) => _id),
    );
    expect(acknowledged.filter((i) => !kept.has(i))).toEqual([]);
    await again.close();
  });
});

describe('a full disk', () => {
  // No file gets larger than so many KiB: the store meets that like a full disk.
  const under = ['bash', '-c', `trap '' XFSZ; ulimit -f 4096; exec "$0" "$@"`];
  let store: StoreServer;
  beforeEach(async () => {
    store = await startStore({ ...options(), under });
  });
  afterEach(() => store.stop());

  it('is an error for who writes, while reads go on and nothing is half done', async () => {
    const client = await new mongoose.mongo.MongoClient(store.uri).connect();
    const rows = client.db('mle').collection<{ _id: number; n: number; bytes: Buffer }>('rows');
    await rows.createIndex({ n: 1 });
    const insert = (i: number): Promise<unknown> => rows.insertOne({ _id: i, n: i, bytes: Buffer.alloc(60_000) });
    let stored = 0;
    const full = await (async (): Promise<unknown> => {
      for (;;) await insert(stored).then(() => stored++);
    })().catch((error: unknown) => error);
    expect(full).toMatchObject({ code: 14031, codeName: 'OutOfDiskSpace' });
    const more = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => insert(1000 + i)));
    expect(more.every(({ status }) => status === 'rejected')).toBe(true);
    expect(stored).toBeGreaterThan(20);
    expect([await rows.countDocuments({}), await rows.countDocuments({ n: { $gte: 0 } })]).toEqual([stored, stored]);
    await store.kill('SIGTERM');
    store = new StoreServer(store.folder, { ...options(), secret: store.secret });
    await store.start();
    await insert(stored);
    expect([await rows.countDocuments({}), await rows.countDocuments({ n: { $gte: 0 } })]).toEqual([
      stored + 1,
      stored + 1,
    ]);
    await client.close();
  }, 20_000);
});

describe('acknowledged writes', () => {
  let store: StoreServer;
  beforeEach(async () => {
    store = await startStore(options());
  });
  afterEach(() => store.stop());

  it('survive SIGKILL with consistent indexes, and Mongoose finds the new process by itself', async () => {
    const connection = await mongoose.createConnection(store.uri, { serverSelectionTimeoutMS: 5000 }).asPromise();
    const schema = new mongoose.Schema({
      _id: Number,
      key: { type: String, unique: true },
      state: { type: String, index: true },
      tags: { type: [String], index: true },
    });
    const Row = connection.model('Row', schema);
    await Row.init();
    const acknowledged = new Map<number, string>();
    let next = 0;
    for (const size of [1500, 1500]) {
      const target = acknowledged.size + size;
      let killed = false;
      const writer = async (): Promise<void> => {
        while (!killed) {
          const id = next++;
          try {
            await Row.create({ _id: id, key: `key-${id}`, state: 'new', tags: ['a', `t${id % 5}`] });
            acknowledged.set(id, 'new');
            if (id % 3 === 0) {
              await Row.updateOne({ _id: id, state: 'new' }, { $set: { state: 'old' }, $pull: { tags: 'a' } });
              acknowledged.set(id, 'old');
            }
          } catch {
            acknowledged.set(id, acknowledged.get(id) === undefined ? 'perhaps' : 'either');
          }
          if (acknowledged.size >= target) killed = true;
        }
      };
      const writers = Array.from({ length: 16 }, writer);
      while (acknowledged.size < target - 100) await new Promise((resume) => setTimeout(resume, 1));
      const dead = store.kill('SIGKILL');
      killed = true;
      await dead;
      await store.start();
      await Promise.all(writers);
      expect(await Row.countDocuments({})).toBeGreaterThan(size / 2);
    }
    const rows = new Map((await Row.find().lean()).map((row) => [row._id, row]));
    for (const [id, state] of acknowledged) {
      if (state === 'perhaps') continue;
      expect(rows.get(id)).toBeDefined();
      if (state !== 'either') expect(rows.get(id)?.state).toBe(state);
    }
    for (const [field, values] of [
      ['state', ['new', 'old']],
      ['tags', ['a', 't0', 't1', 't2', 't3', 't4']],
    ] as const) {
      for (const value of values) {
        const expected = [...rows.values()].filter((row) =>
          field === 'state' ? row.state === value : row.tags.includes(value),
        ).length;
        const plan = (await Row.find({ [field]: value }).explain('executionStats')) as unknown as {
          executionStats: Record<string, number>;
          queryPlanner: { winningPlan: { inputStage: { stage: string } } };
        };
        expect(plan.queryPlanner.winningPlan.inputStage.stage).toBe('IXSCAN');
        expect(plan.executionStats).toMatchObject({
          nReturned: expected,
          totalKeysExamined: expected,
          totalDocsExamined: expected,
        });
      }
    }
    const [known] = rows.keys();
    await expect(Row.create({ _id: 1e9, key: `key-${known}` })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { key: 1 },
    });
    await connection.close();
  }, 30_000);
});
