import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ArtifactEntry,
  type ArtifactList,
  type ArtifactPut,
  type AttemptRef,
  DEFAULT_QUOTAS,
  type LeftoverList,
  type LeftoverRequest,
  type LeftoverResult,
  LIMITS,
  LINK_NAMESPACE,
  LINK_PATH,
  LINK_VERSION,
  type ProjectView,
  type RunFileList,
  type RunView,
  type ServerToWorker,
  type Usage,
  type WorkerToServer,
} from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { io, type Socket } from 'socket.io-client';
import yauzl from 'yauzl';
import { MachineCredentials } from '../../src/machines/machine-credentials.js';
import { BlobCollectorService } from '../../src/platform/blobs/blob-collector.service.js';
import { BlobsService } from '../../src/platform/blobs/blobs.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

type Link = Socket<ServerToWorker, WorkerToServer>;

const INVENTORY = {
  hostname: 'lab',
  platform: 'linux',
  arch: 'x64',
  cpuModel: 'cpu',
  cpus: 2,
  memoryBytes: 1,
  diskFreeBytes: 1,
  gpus: [],
  node: '20',
  python: '3',
  docker: null,
  isolated: false,
};
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const MODIFIED = Date.UTC(2026, 0, 2);

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let projectId: string;
let machine: { link: Link; machineId: string; credential: string };

beforeAll(async () => {
  parts = await startParts();
  await begin();
  ada = await api.signUp('ada');
  projectId = (await ada.post<ProjectView>('/api/v1/projects', { name: 'p' })).body.id;
  await ada.put(`/api/v1/projects/${projectId}/files/run.py`, 'print(1)\n');
  machine = await joined();
});
afterAll(async () => {
  machine?.link.disconnect();
  await api?.close();
  await parts?.stop();
});

async function begin(): Promise<void> {
  api = await startApi(parts);
}

async function dial(auth: { credential: string } | { joinToken: string }, attempts: AttemptRef[] = []) {
  const link: Link = io(api.url + LINK_NAMESPACE, {
    path: LINK_PATH,
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { linkVersion: LINK_VERSION, ...auth },
  });
  const answer = await link
    .timeout(10_000)
    .emitWithAck('hello', { version: '1', name: 'lab', inventory: INVENTORY, properties: {}, attempts });
  if (!answer.ok) throw new Error(answer.message);
  return { link, ...answer.reply };
}

async function joined() {
  const { token } = await api.app.get(MachineCredentials, { strict: false }).createJoinToken();
  const { link, machineId, credential = '' } = await dial({ joinToken: token });
  await ada.patch(`/api/v1/machines/${machineId}`, { slots: 16 });
  return { link, machineId, credential };
}

async function running(project = projectId): Promise<AttemptRef> {
  const { body } = await ada.post<RunView>('/api/v1/runs', {
    projectId: project,
    file: 'run.py',
    target: { machineId: machine.machineId },
  });
  const ref = { runId: body.id, attempt: 1 };
  expect(await machine.link.emitWithAck('claim', ref)).toMatchObject({ ok: true });
  await machine.link.emitWithAck('attempt.running', { ...ref, pid: 1, startedAt: Date.now() });
  return ref;
}

const entry = (path: string, bytes: string | Buffer, more: Partial<ArtifactEntry> = {}): ArtifactEntry => ({
  path,
  size: bytes.length,
  sha256: sha256(bytes),
  modifiedAt: MODIFIED,
  origin: 'output',
  ...more,
});
const put = (ref: AttemptRef, items: ArtifactEntry[], more: Partial<ArtifactPut> = {}, link = machine.link) =>
  link.timeout(10_000).emitWithAck('artifacts.put', { ...ref, items, dropped: [], removed: [], ...more });
/** Sends a piece of a content. */
const piece = (
  ref: AttemptRef,
  content: Buffer,
  offset = 0,
  length = content.length - offset,
  name = sha256(content),
) =>
  machine.link
    .timeout(10_000)
    .emitWithAck(
      'artifacts.chunk',
      { ...ref, pieces: [{ sha256: name, offset, length, size: content.length }] },
      content.subarray(offset, offset + length),
    );

/** Stores files as a worker does: says what there is, sends what is missing, says it again. */
async function store(ref: AttemptRef, files: Record<string, string | Buffer>): Promise<void> {
  const items = Object.entries(files).map(([path, bytes]) => entry(path, bytes));
  const reply = await put(ref, items);
  if (!reply.ok) throw new Error(reply.code);
  for (const { sha256: missing } of reply.missing) {
    const content = Buffer.from(Object.values(files).find((bytes) => sha256(bytes) === missing) ?? '');
    expect(await piece(ref, content)).toEqual({ ok: true, corrupt: [] });
  }
  expect(await put(ref, items)).toEqual({ ok: true, missing: [], refused: [], news: [] });
}

const finish = (ref: AttemptRef, artifacts?: { files: number; bytes: number }, output: string | Buffer = '') =>
  machine.link.timeout(10_000).emitWithAck('attempt.finished', {
    ...ref,
    outcome: 'exited',
    exitCode: 0,
    signal: null,
    reason: null,
    finishedAt: Date.now(),
    outputBytes: output.length,
    outputSha256: sha256(output),
    ...(artifacts && { artifacts }),
  });
const list = async (ref: AttemptRef) => (await ada.get<ArtifactList>(`/api/v1/runs/${ref.runId}/artifacts`)).body;
const state = async ({ runId }: AttemptRef) => (await ada.get<RunView>(`/api/v1/runs/${runId}`)).body.state;

describe('artifacts', () => {
  it('are there while the run goes on, and replaced and removed as the run does it', async () => {
    const ref = await running();
    await store(ref, { 'a.txt': 'one', 'sub/b.txt': 'two' });
    expect(await list(ref)).toEqual({
      items: [
        {
          path: 'a.txt',
          size: 3,
          sha256: sha256('one'),
          modifiedAt: new Date(MODIFIED).toISOString(),
          origin: 'output',
        },
        {
          path: 'sub/b.txt',
          size: 3,
          sha256: sha256('two'),
          modifiedAt: new Date(MODIFIED).toISOString(),
          origin: 'output',
        },
      ],
      bytes: 6,
      quotaBytes: LIMITS.artifactQuotaBytes,
      dropped: [],
      droppedCount: 0,
    });
    await store(ref, { 'a.txt': 'longer' });
    await put(ref, [], { removed: ['sub/b.txt'] });
    expect((await list(ref)).items).toMatchObject([{ path: 'a.txt', size: 6, sha256: sha256('longer') }]);
  });

  it('end a run only when all of them are stored', async () => {
    const ref = await running();
    await store(ref, { a: 'one', b: 'twenty' });
    expect(await finish(ref, { files: 3, bytes: 9 })).toEqual({ ok: false, code: 'artifacts' });
    expect(await finish(ref, { files: 2, bytes: 8 })).toEqual({ ok: false, code: 'artifacts' });
    expect(await state(ref)).toBe('running');
    expect(await finish(ref, { files: 2, bytes: 9 })).toEqual({ ok: true });
    expect(await state(ref)).toBe('succeeded');
    expect((await list(ref)).items).toHaveLength(2);
  });

  it('come in pieces, in order, and are what their name says', async () => {
    const ref = await running();
    const content = randomBytes(300_000);
    await put(ref, [entry('m', content)]);
    const half = 150_000;
    // Sent at once, taken one after the other.
    expect(await Promise.all([piece(ref, content, 0, half), piece(ref, content, half)])).toEqual([
      { ok: true, corrupt: [] },
      { ok: true, corrupt: [] },
    ]);
    expect(await put(ref, [entry('m', content)])).toMatchObject({ ok: true, missing: [] });

    const other = randomBytes(1000);
    const name = sha256(other);
    await put(ref, [entry('other', other)]);
    expect(await piece(ref, other, 500)).toEqual({ ok: false, code: 'gap' });
    const damaged = Buffer.from(other.map((byte) => byte ^ 1));
    expect(await piece(ref, damaged, 0, 1000, name)).toEqual({ ok: true, corrupt: [name] });
    expect(await piece(ref, damaged, 0, 600, name)).toEqual({ ok: true, corrupt: [] });
    expect(await piece(ref, damaged, 600, 400, name)).toEqual({ ok: true, corrupt: [name] });
    expect(await put(ref, [entry('other', other)])).toMatchObject({ missing: [{ sha256: name, from: 0 }] });
  });

  it('go on where they were after the server died in the middle', async () => {
    const ref = await running();
    const content = randomBytes(200_000);
    await put(ref, [entry('m', content)]);
    await piece(ref, content, 0, 120_000);
    const other = randomBytes(10);
    await store(ref, { other });
    machine.link.disconnect();
    await api.close();
    await begin();
    // The browser's address has changed; its session has not.
    Object.assign(ada, { url: api.url });
    const { link } = await dial({ credential: machine.credential }, [ref]);
    machine = { ...machine, link };
    expect(await put(ref, [entry('m', content), entry('other', other)])).toMatchObject({
      missing: [{ sha256: sha256(content), from: 120_000 }],
    });
    expect(await piece(ref, content, 120_000)).toEqual({ ok: true, corrupt: [] });
    expect(await put(ref, [entry('m', content)])).toMatchObject({ missing: [] });
    expect((await ada.get(`/api/v1/runs/${ref.runId}/artifacts/m`)).bytes.equals(content)).toBe(true);
  });

  it('beyond the quota are listed as dropped, with the reason, and are news once', async () => {
    const ref = await running();
    const huge = { ...entry('huge', ''), size: LIMITS.artifactQuotaBytes - 2, sha256: sha256('huge') };
    const reason = 'The artifacts of a run take at most 10 GiB together.';
    await store(ref, { small: 'abc' });
    const dropped = { path: 'huge', size: huge.size, reason };
    expect(await put(ref, [huge])).toEqual({ ok: true, missing: [], refused: [dropped], news: [dropped] });
    expect(await put(ref, [huge])).toEqual({ ok: true, missing: [], refused: [dropped], news: [] });
    const named = { path: 'a\\b', size: 1, reason: 'Separate folders by /, not by a backslash.' };
    expect(await put(ref, [], { dropped: [named] })).toMatchObject({ news: [named] });
    expect(await list(ref)).toMatchObject({
      bytes: 3,
      items: [{ path: 'small' }],
      dropped: [named, dropped],
      droppedCount: 2,
    });
    // In the place of the small one there is room for it.
    expect(await put(ref, [{ ...huge, path: 'small' }])).toMatchObject({
      refused: [],
      missing: [{ sha256: huge.sha256 }],
    });
  });

  it('are taken of the machine that holds the attempt only', async () => {
    const ref = await running();
    const other = await joined();
    expect(await put(ref, [entry('a', 'one')], {}, other.link)).toEqual({ ok: false, code: 'superseded' });
    expect(await put({ ...ref, attempt: 2 }, [entry('a', 'one')])).toEqual({ ok: false, code: 'superseded' });
    await finish(ref);
    expect(await put(ref, [entry('a', 'one')])).toEqual({ ok: false, code: 'superseded' });
    const late = randomBytes(100);
    expect(await piece({ ...ref, attempt: 2 }, late)).toEqual({ ok: false, code: 'superseded' });
    other.link.disconnect();
  });

  it('are served whole, in ranges, as a zip, and never as something that a browser executes', async () => {
    const ref = await running();
    const files = {
      'page.html': '<script>alert(1)</script>',
      'x/plot.png': randomBytes(50),
      'x/plot.svg': '<svg onload="alert(1)"/>',
      'rows.csv': 'a,b\n1,2\n',
      'model.bin': randomBytes(5000),
    };
    await store(ref, files);
    const at = `/api/v1/runs/${ref.runId}/artifacts`;
    const get = async (path: string, headers?: Record<string, string>) => ada.get(`${at}/${path}`, headers);
    for (const [path, bytes] of Object.entries(files)) {
      const answer = await get(path);
      expect([path, answer.status, answer.bytes.equals(Buffer.from(bytes))]).toEqual([path, 200, true]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toContain('sandbox');
      expect(answer.headers.get('etag')).toBe(`"${sha256(bytes)}"`);
      const shown = path.endsWith('.png')
        ? ['image/png', /^inline/]
        : path.endsWith('.csv')
          ? ['text/plain; charset=utf-8', /^inline/]
          : ['application/octet-stream', /^attachment/];
      expect([path, answer.headers.get('content-type'), answer.headers.get('content-disposition')]).toEqual([
        path,
        shown[0],
        expect.stringMatching(shown[1] as RegExp),
      ]);
    }
    expect((await get('x/plot.png?download=1')).headers.get('content-disposition')).toMatch(
      /^attachment; filename=plot\.png$/,
    );
    const part = await get('model.bin', { range: 'bytes=100-199' });
    expect([
      part.status,
      part.headers.get('content-range'),
      part.bytes.equals(files['model.bin'].subarray(100, 200)),
    ]).toEqual([206, 'bytes 100-199/5000', true]);
    expect((await get('absent')).status).toBe(404);
    const archive = await ada.get(`${at}-archive`);
    expect(archive.headers.get('content-disposition')).toContain('p-run-');
    expect(await unzipped(archive.bytes)).toEqual(
      Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, sha256(bytes)])),
    );
  });

  it('are sent by whoever names them, but for what their owner has', async () => {
    const bob = await api.signUp('bob');
    const { id } = await bob.createProject('of another');
    await bob.putFile(id, 'run.py', 'print(1)\n');
    const secret = randomBytes(1000);
    const theirs = await running();
    await store(theirs, { secret });

    const run = await bob.startRun({ projectId: id, file: 'run.py', target: { machineId: machine.machineId } });
    const ref = { runId: run.id, attempt: 1 };
    await machine.link.emitWithAck('claim', ref);
    await machine.link.emitWithAck('attempt.running', { ...ref, pid: 1, startedAt: Date.now() });
    const missing = [{ sha256: sha256(secret), from: 0 }];
    for (const path of ['guessed', 'again']) expect(await put(ref, [entry(path, secret)])).toMatchObject({ missing });
    expect((await bob.get(`runs/${run.id}/artifacts/guessed`)).status).toBe(404);
    expect(await piece(ref, Buffer.alloc(1000), 0, 1000, sha256(secret))).toEqual({
      ok: true,
      corrupt: [sha256(secret)],
    });
    expect(await put(ref, [entry('guessed', secret)])).toMatchObject({ missing });
    expect((await bob.json<ArtifactList>('GET', `runs/${run.id}/artifacts`)).items).toEqual([]);

    const later = await running();
    expect(await put(later, [entry('mine', secret)])).toMatchObject({ missing: [] });
    expect(await put(later, [entry('renamed', secret)], { removed: ['mine'] })).toMatchObject({ missing: [] });
  });

  it('are taken only where they were announced, and only so much as the quota has room for', async () => {
    const ref = await running();
    const content = randomBytes(1000);
    expect(await piece(ref, content)).toEqual({ ok: false, code: 'gap' });
    expect(await piece(ref, content, 0, 500)).toEqual({ ok: false, code: 'gap' });
    expect(await api.app.get(BlobsService, { strict: false }).size(sha256(content))).toBeNull();
    const large = (path: string): ArtifactEntry => ({
      ...entry(path, ''),
      size: LIMITS.artifactQuotaBytes / 2,
      sha256: sha256(path),
    });
    expect(await put(ref, [large('1'), large('2')])).toMatchObject({ refused: [] });
    expect(await put(ref, [large('3')])).toMatchObject({ missing: [], refused: [{ path: '3' }] });
    expect(await put(ref, [large('3')], { removed: ['1'] })).toMatchObject({ refused: [] });
    // What was announced for another size, or is announced no more, is not taken.
    expect(await piece(ref, Buffer.alloc(10), 0, 10, sha256('2'))).toEqual({ ok: false, code: 'gap' });
  });

  it('beyond what their owner may keep are dropped, and count as long as they are there', async () => {
    const ref = await running();
    const kept = (): Promise<Usage> => ada.json('GET', 'usage');
    const { fileBytes, runBytes } = await kept();
    await ada.good('PUT', 'settings/quotas', { ...DEFAULT_QUOTAS, bytes: fileBytes + runBytes + 1000 });
    await store(ref, { a: randomBytes(900) });
    expect((await kept()).runBytes).toBe(runBytes + 900);
    const refused = [{ path: 'b', size: 200, reason: expect.stringContaining('Delete files or runs') }];
    expect(await put(ref, [entry('b', randomBytes(200))])).toMatchObject({ missing: [], refused });
    await put(ref, [], { removed: ['a'] });
    expect((await kept()).runBytes).toBe(runBytes);
    await store(ref, { b: randomBytes(200) });
    await ada.good('PUT', 'settings/quotas', DEFAULT_QUOTAS);
    await finish(ref, { files: 1, bytes: 200 });
    await ada.good('DELETE', `runs/${ref.runId}`);
    await until('it counts no more', async () => (await kept()).runBytes === runBytes);
  });

  it('hold their contents until their run is deleted', async () => {
    const ref = await running();
    const content = randomBytes(100);
    await store(ref, { a: content });
    await finish(ref, { files: 1, bytes: 100 });
    const blobs = api.app.get(BlobsService, { strict: false });
    const collect = () => api.app.get(BlobCollectorService, { strict: false }).collect(-1);
    await collect();
    expect(await blobs.size(sha256(content))).toBe(100);
    expect((await ada.delete(`/api/v1/runs/${ref.runId}`)).status).toBe(204);
    await collect();
    expect(await blobs.size(sha256(content))).toBeNull();
  });

  it('go with their run, as all that it left', async () => {
    const ref = await running();
    const { link } = machine;
    const printed = Buffer.from('step 1 loss: 0.5\nstep 2 loss: 0.4\n');
    await link.emitWithAck('output', { ...ref, from: 0, segments: [[printed.length, 0, 1]] }, printed);
    link.emit('resources', { machine: { cpu: 1 }, runs: [{ ...ref, sample: { memory: 1 } }] });
    await store(ref, { a: 'one' });
    const left = [{ path: 'b', size: 1, modifiedAt: MODIFIED }];
    await link.emitWithAck('attempt.leftovers', { ...ref, slot: 0, items: left, truncated: false });
    await finish(ref, { files: 1, bytes: 3 }, printed);
    const database = api.app.get<Connection>(getConnectionToken(), { strict: false });
    const names = ['output_chunks', 'metric_chunks', 'resource_records', 'artifacts', 'leftovers'];
    const counts = (): Promise<number[]> =>
      Promise.all(names.map((name) => database.collection(name).countDocuments({ runId: ref.runId })));
    // What the machine used is stored a moment after the end.
    for (let i = 0; i < 500 && (await counts()).includes(0); i++) await sleep(10);
    expect(await counts()).toEqual(names.map(() => 1));
    expect((await ada.delete(`/api/v1/runs/${ref.runId}`)).status).toBe(204);
    expect(await counts()).toEqual(names.map(() => 0));
  });

  it('are stored when the server died with the last piece on its disk', async () => {
    const ref = await running();
    const [whole, broken] = [randomBytes(1000), randomBytes(1000)];
    const folder = join(parts.dataDir, 'blobs/partial');
    await put(ref, [entry('whole', whole), entry('broken', broken)]);
    for (const content of [whole, broken]) {
      await piece(ref, content, 0, 500);
      const file = join(folder, readdirSync(folder).find((name) => name.endsWith(sha256(content))) ?? '');
      appendFileSync(file, content === whole ? content.subarray(500) : randomBytes(500));
    }
    const reply = await put(ref, [entry('whole', whole), entry('broken', broken)]);
    expect(reply).toMatchObject({ ok: true, missing: [{ sha256: sha256(broken), from: 0 }] });
    expect((await list(ref)).items).toMatchObject([{ path: 'whole', size: 1000, sha256: sha256(whole) }]);
  });

  it('are told afresh by a worker that does not know what the run removed', async () => {
    const ref = await running();
    await store(ref, { 'kept.txt': 'kept', 'removed.txt': 'removed' });
    expect(await finish(ref, { files: 1, bytes: 4 })).toMatchObject({ ok: false });
    expect(await put(ref, [], { afresh: true })).toMatchObject({ ok: true });
    expect(await put(ref, [entry('kept.txt', 'kept')])).toMatchObject({ ok: true, missing: [] });
    expect((await list(ref)).items.map(({ path }) => path)).toEqual(['kept.txt']);
    expect(await finish(ref, { files: 1, bytes: 4 })).toEqual({ ok: true });
  });

  it('leave nothing by halves on the disk when their attempt is over', async () => {
    const ref = await running();
    const content = randomBytes(1000);
    await put(ref, [entry('a', content)]);
    await piece(ref, content, 0, 500);
    const partial = () =>
      readdirSync(join(parts.dataDir, 'blobs/partial')).filter((name) => name.endsWith(sha256(content)));
    expect(partial()).toHaveLength(1);
    await finish(ref);
    while (partial().length > 0) await sleep(10);
  });
});

describe('the files of a run', () => {
  it('are those that it began with', async () => {
    const ref = await running();
    await ada.put(`/api/v1/projects/${projectId}/files/later.py`, 'print(2)\n');
    const { body } = await ada.get<RunFileList>(`/api/v1/runs/${ref.runId}/files`);
    expect(body.items).toEqual([{ path: 'run.py', size: 9, mode: 0o644, sha256: sha256('print(1)\n') }]);
    expect((await ada.get(`/api/v1/runs/${ref.runId}/files/run.py`)).bytes.toString()).toBe('print(1)\n');
    expect((await ada.get(`/api/v1/runs/${ref.runId}/files/later.py`)).status).toBe(404);
  });
});

describe('what a run left in its workspace', () => {
  const items = [
    { path: 'm.pt', size: 5, modifiedAt: MODIFIED },
    { path: 'a.log', size: 1, modifiedAt: MODIFIED },
    { path: 'b.log', size: 1, modifiedAt: MODIFIED },
  ];

  async function ended(): Promise<AttemptRef> {
    const ref = await running();
    await finish(ref);
    await machine.link.emitWithAck('heartbeat', { attempts: [], load: null });
    expect(await machine.link.emitWithAck('attempt.leftovers', { ...ref, slot: 3, items, truncated: false })).toEqual({
      ok: true,
    });
    return ref;
  }
  const left = async (ref: AttemptRef) => (await ada.get<LeftoverList>(`/api/v1/runs/${ref.runId}/leftovers`)).body;
  const act = (ref: AttemptRef, action: 'keep' | 'remove', paths: string[]) =>
    ada.post<LeftoverResult & { code: string }>(`/api/v1/runs/${ref.runId}/leftovers/${action}`, { paths });

  it('is listed, and kept or removed by the machine', async () => {
    const ref = await ended();
    expect(await left(ref)).toEqual({
      items: items.map((item) => ({ ...item, modifiedAt: new Date(MODIFIED).toISOString() })),
      truncated: false,
      available: true,
    });
    const asked: LeftoverRequest[] = [];
    machine.link.once('leftovers', (request, ack) => {
      asked.push(request);
      const kept = entry('m.pt', 'model', { origin: 'kept' });
      void put(ref, [kept])
        .then(() => piece(ref, Buffer.from('model')))
        .then(() => put(ref, [kept]))
        .then(() =>
          ack({
            items: [
              { path: 'm.pt', reason: null },
              { path: 'a.log', reason: 'It was changed since the run ended.' },
            ],
          }),
        );
    });
    expect((await act(ref, 'keep', ['m.pt', 'a.log'])).body).toEqual({
      items: [
        { path: 'm.pt', result: 'kept', reason: null },
        { path: 'a.log', result: 'failed', reason: 'It was changed since the run ended.' },
      ],
    });
    expect(asked).toEqual([{ ...ref, projectId, slot: 3, action: 'keep', items: items.slice(0, 2) }]);
    expect((await list(ref)).items).toMatchObject([{ path: 'm.pt', origin: 'kept', sha256: sha256('model') }]);
    expect((await left(ref)).items.map(({ path }) => path)).toEqual(['a.log', 'b.log']);
    // What it may keep is what a person chose: the attempt itself is over.
    expect(await put(ref, [entry('more', 'x')])).toEqual({ ok: false, code: 'superseded' });

    machine.link.once('leftovers', (request, ack) =>
      ack({ items: request.items.map(({ path }) => ({ path, reason: null })) }),
    );
    expect((await act(ref, 'remove', ['b.log'])).body).toEqual({
      items: [{ path: 'b.log', result: 'removed', reason: null }],
    });
    expect((await left(ref)).items.map(({ path }) => path)).toEqual(['a.log']);
    expect(await act(ref, 'remove', ['b.log'])).toMatchObject({ status: 404, body: { code: 'leftover.not_found' } });
  });

  it('waits for a machine that is offline, and is of the machine that had the run', async () => {
    const ref = await ended();
    const other = await joined();
    expect(await other.link.emitWithAck('attempt.leftovers', { ...ref, slot: 0, items: [], truncated: false })).toEqual(
      { ok: false, code: 'superseded' },
    );
    other.link.disconnect();
    await machine.link.emitWithAck('goodbye');
    expect(await left(ref)).toMatchObject({ items: [{}, {}, {}], available: false });
    expect(await act(ref, 'keep', ['m.pt'])).toMatchObject({
      status: 409,
      body: { code: 'leftovers.machine_offline', detail: 'lab is offline. Try again when it is back.' },
    });
    machine.link.disconnect();
    machine = { ...machine, link: (await dial({ credential: machine.credential })).link };
  });
});

/** Paths and hashes of what is in an archive. */
function unzipped(bytes: Buffer): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      const found: Record<string, string> = {};
      zip.on('end', () => resolve(found));
      zip.on('error', reject);
      zip.on('entry', (item: yauzl.Entry) => {
        zip.openReadStream(item, (failure, stream) => {
          if (failure) return reject(failure);
          const hash = createHash('sha256');
          stream
            .on('data', (part: Buffer) => hash.update(part))
            .on('end', () => {
              found[item.fileName] = hash.digest('hex');
              zip.readEntry();
            });
        });
      });
      zip.readEntry();
    });
  });
}
