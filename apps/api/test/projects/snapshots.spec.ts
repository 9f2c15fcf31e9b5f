import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FileView, ProjectView } from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { BlobCollectorService } from '../../src/platform/blobs/blob-collector.service.js';
import { BlobsService } from '../../src/platform/blobs/blobs.service.js';
import { SnapshotsService } from '../../src/projects/snapshots/snapshots.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let snapshots: SnapshotsService;
let blobs: BlobsService;
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
  snapshots = api.app.get(SnapshotsService, { strict: false });
  blobs = api.app.get(BlobsService, { strict: false });
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

const newProject = async () =>
  (await ada.post<ProjectView>('/api/v1/projects', { name: `p ${Math.random()}` })).body.id;
const put = async (id: string, path: string, text: string) =>
  (await ada.put<FileView>(`/api/v1/projects/${id}/files/${path}`, text)).body;
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const blobFile = (sha: string) => join(parts.dataDir, 'blobs', sha.slice(0, 2), sha);
const connection = () => api.app.get<Connection>(getConnectionToken(), { strict: false });

describe('a snapshot', () => {
  it('is a manifest named by its hash', async () => {
    const id = await newProject();
    await put(id, 'b.py', 'bee');
    await put(id, 'a/c.py', 'sea');
    const snapshot = await snapshots.snapshotOf(id);
    expect(snapshot).toMatchObject({ bytes: 6, files: 2 });
    expect(sha256(await blobs.read(snapshot.id))).toBe(snapshot.id);
    expect(await snapshots.manifest(snapshot.id)).toEqual({
      version: 1,
      files: [
        { path: 'a/c.py', mode: 0o644, size: 3, sha256: sha256('sea') },
        { path: 'b.py', mode: 0o644, size: 3, sha256: sha256('bee') },
      ],
    });
  });

  it('is taken once for each state of the files', async () => {
    const id = await newProject();
    await put(id, 'a', 'one');
    const first = await snapshots.snapshotOf(id);
    const { mtimeMs } = statSync(blobFile(first.id));
    // The kept one is used: files that appear without a change of the revision are not looked for.
    const files = connection().collection('files');
    const [file] = await files.find({ sha256: sha256('one') }).toArray();
    await files.insertOne({ ...file, _id: undefined, path: 'behind its back' });
    expect(await snapshots.snapshotOf(id)).toEqual(first);
    expect(statSync(blobFile(first.id)).mtimeMs).toBe(mtimeMs);
    await put(id, 'a', 'two');
    expect((await snapshots.snapshotOf(id)).files).toBe(2);
    await files.deleteOne({ path: 'behind its back' });
    await put(id, 'a', 'one');
    expect((await snapshots.snapshotOf(id)).id).toBe(first.id);
  });

  it('leaves out what .mleignore names, and follows each change of it', async () => {
    const id = await newProject();
    for (const path of ['a.py', 'data/big.bin', 'data/small.csv', 'deep/x.log', '.env']) await put(id, path, path);
    const sent = async () => {
      const snapshot = await snapshots.snapshotOf(id);
      const paths = (await snapshots.manifest(snapshot.id)).files.map(({ path }) => path);
      expect(snapshot.files).toBe(paths.length);
      return paths;
    };
    expect(await sent()).toEqual(['.env', 'a.py', 'data/big.bin', 'data/small.csv', 'deep/x.log']);
    await put(id, '.mleignore', '# large\ndata/*\n!data/small.csv\n*.log\n.*\n');
    expect(await sent()).toEqual(['.mleignore', 'a.py', 'data/small.csv']);
    await put(id, '.mleignore', '/deep/\n');
    expect(await sent()).toEqual(['.env', '.mleignore', 'a.py', 'data/big.bin', 'data/small.csv']);
    expect((await ada.get<{ items: FileView[] }>(`/api/v1/projects/${id}/files`)).body.items).toHaveLength(6);
  });

  it('holds every save that was answered before, however many saves are under way @full', async () => {
    const id = await newProject();
    const acknowledged = new Map<string, number>();
    let saving = true;
    const writer = async (path: string) => {
      for (let n = 1; saving; n++) {
        await put(id, path, `${path} ${n}`);
        acknowledged.set(path, n);
      }
    };
    const writers = ['a', 'b', 'c'].map(writer);
    try {
      for (let round = 0; round < 12; round++) {
        const before = new Map(acknowledged);
        const { id: snapshotId } = await snapshots.snapshotOf(id);
        const { files } = await snapshots.manifest(snapshotId);
        for (const [path, n] of before) {
          const entry = files.find((file) => file.path === path);
          const [, stored] = String(await blobs.read(entry?.sha256 ?? '')).split(' ');
          expect(Number(stored)).toBeGreaterThanOrEqual(n);
        }
      }
    } finally {
      saving = false;
      await Promise.all(writers);
    }
    const { files } = await snapshots.manifest((await snapshots.snapshotOf(id)).id);
    for (const { path, sha256: sha } of files)
      expect(String(await blobs.read(sha))).toBe(`${path} ${acknowledged.get(path)}`);
  });

  it('is not kept while a save is half done, also when the saving server died', async () => {
    const id = await newProject();
    await put(id, 'a', 'one');
    const projects = connection().collection('projects');
    // As a server leaves it that ends between the two halves of a save.
    await projects.updateOne(
      {
        name: { $exists: true },
        runCounter: 0,
        revision: { $gt: 0 },
        _id: (await projects.find({}).sort({ createdAt: -1 }).limit(1).toArray())[0]?._id,
      },
      { $inc: { revision: 1 }, $push: { writes: { id: 'dead', at: new Date() } } } as never,
    );
    await snapshots.snapshotOf(id);
    const [file] = await connection()
      .collection('files')
      .find({ path: 'a', sha256: sha256('one') })
      .sort({ mtime: -1 })
      .limit(1)
      .toArray();
    await connection()
      .collection('files')
      .updateOne({ _id: file?._id }, { $set: { sha256: sha256('bee'), size: 3 } });
    const { files } = await snapshots.manifest((await snapshots.snapshotOf(id)).id);
    expect(files).toMatchObject([{ sha256: sha256('bee') }]);
  });
});

describe('blobs', () => {
  it('are stored once, and open in ranges', async () => {
    const [first, second] = await Promise.all([
      blobs.putBytes(Buffer.from('same bytes')),
      blobs.putBytes(Buffer.from('same bytes')),
    ]);
    expect(first).toEqual({ sha256: sha256('same bytes'), size: 10 });
    expect(second).toEqual(first);
    expect(
      readdirSync(join(parts.dataDir, 'blobs', first.sha256.slice(0, 2))).filter((name) => name === first.sha256),
    ).toHaveLength(1);
    const read = async (range: { from?: number; to?: number }) =>
      Buffer.concat((await blobs.open(first.sha256, range).toArray()) as Buffer[]).toString();
    expect([
      await read({}),
      await read({ from: 5 }),
      await read({ from: 1, to: 4 }),
      await read({ from: 3, to: 3 }),
    ]).toEqual(['same bytes', 'bytes', 'ame', '']);
    expect(await blobs.size(first.sha256)).toBe(10);
    expect(await blobs.size(sha256('absent'))).toBeNull();
    expect(statSync(blobFile(first.sha256)).mode & 0o077).toBe(0);
  });

  it('hold exactly the bytes of a stream, however it is cut', async () => {
    const bytes = randomBytes(3_000_001);
    const pieces = [0, 1, 2, 70_000, 70_001, 2_999_999].map((from, index, cuts) =>
      bytes.subarray(from, cuts[index + 1]),
    );
    const { sha256: sha, size } = await blobs.put(Readable.from(pieces));
    expect({ sha, size }).toEqual({ sha: sha256(bytes), size: bytes.length });
    expect((await blobs.read(sha)).equals(bytes)).toBe(true);
  });

  it('are collected when nothing names them any more, and never before', async () => {
    const collector = api.app.get(BlobCollectorService, { strict: false });
    const id = await newProject();
    const old = await put(id, 'a', 'used by a run');
    const run = await snapshots.snapshotOf(id);
    await connection().collection('runs').insertOne({ snapshotId: run.id, state: 'succeeded' });
    await put(id, 'a', 'present');
    const present = sha256('present');
    const lonely = await blobs.putBytes(Buffer.from('named by nobody'));
    const all = [old.sha256, run.id, present, lonely.sha256];
    const there = async () => (await Promise.all(all.map((sha) => blobs.size(sha)))).map((size) => size !== null);
    // Young ones stay, also when they only look old because their file was touched.
    for (const sha of all) utimesSync(blobFile(sha), new Date(0), new Date(0));
    await collector.collect(60_000);
    expect(await there()).toEqual([true, true, true, true]);
    await collector.collect(-1);
    expect(await there()).toEqual([true, true, true, false]);
    await connection().collection('runs').deleteMany({ snapshotId: run.id });
    await collector.collect(-1);
    // The project's kept snapshot is the older one until another is taken.
    expect(await there()).toEqual([true, true, true, false]);
    await snapshots.snapshotOf(id);
    for (const sha of all.slice(0, 3)) utimesSync(blobFile(sha), new Date(0), new Date(0));
    await collector.collect(-1);
    expect(await there()).toEqual([false, false, true, false]);
    await ada.delete(`/api/v1/projects/${id}`);
    await until('its files and its snapshot are gone', async () => {
      await collector.collect(-1);
      return !(await there()).includes(true);
    });
  });
});
