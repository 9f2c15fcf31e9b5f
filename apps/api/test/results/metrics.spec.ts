import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttemptRef,
  type BrowserToServer,
  EVENTS_NAMESPACE,
  type HelloReply,
  LIMITS,
  LINK_NAMESPACE,
  LINK_PATH,
  LINK_VERSION,
  type MetricList,
  type MetricsOfRuns,
  type MetricUpdate,
  type ProjectView,
  type ResourceList,
  type RunView,
  type ServerToBrowser,
  type ServerToWorker,
  type WorkerToServer,
} from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { io, type Socket } from 'socket.io-client';
import { MachineCredentials } from '../../src/machines/machine-credentials.js';
import { MetricsRepository } from '../../src/results/metrics/metrics.repository.js';
import { MetricsService } from '../../src/results/metrics/metrics.service.js';
import { MetricsIngest } from '../../src/results/metrics/metrics-ingest.service.js';
import { OutputIngest, type Sender } from '../../src/results/output/output-ingest.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

type Link = Socket<ServerToWorker, WorkerToServer>;
type Browser = Socket<ServerToBrowser, BrowserToServer>;

const yes: Sender = { machineId: 'a'.repeat(24), mayWrite: async () => true };
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
const ALL = { points: 20_000 };

describe('the numbers of a run', () => {
  let parts: Parts;
  let api: ApiUnderTest;
  let user: Client;
  let projectId: string;
  const sockets: { disconnect: () => unknown }[] = [];

  beforeAll(async () => {
    parts = await startParts();
    api = await startApi(parts);
    user = await api.signUp('ada');
    projectId = (await user.post<ProjectView>('/api/v1/projects', { name: 'p' })).body.id;
    await user.put(`/api/v1/projects/${projectId}/files/run.py`, 'print(1)\n');
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.disconnect();
  });
  afterAll(async () => {
    await api?.close();
    await parts?.stop();
  });

  const newRef = (): AttemptRef => ({ runId: randomBytes(12).toString('hex'), attempt: 1 });
  const chunks = (of: ApiUnderTest = api) =>
    of.app.get<Connection>(getConnectionToken(), { strict: false }).collection('metric_chunks');
  const list = (of: ApiUnderTest, ref: AttemptRef, ended = false) =>
    of.app.get(MetricsService, { strict: false }).list(ref, ended, ALL);

  /** The numbers of an attempt that has ended: they are said to be sampled until the last one is read. */
  const allOf = (ref: AttemptRef) =>
    until('all are read', async () => {
      const read = await list(api, ref, true);
      return read.sampled ? null : read;
    });

  /** Sends the bytes as a worker does, in frames. */
  async function send(
    of: ApiUnderTest,
    ref: AttemptRef,
    bytes: Buffer,
    from = 0,
    frameBytes: number = LIMITS.outputFrameBytes,
  ): Promise<number> {
    const ingest = of.app.get(OutputIngest, { strict: false });
    const sends: Promise<unknown>[] = [];
    for (let at = 0; at < bytes.length; at += frameBytes) {
      const piece = bytes.subarray(at, at + frameBytes);
      sends.push(ingest.accept({ ...ref, from: from + at, segments: [[piece.length, 0, 1_000 + at]] }, piece, yes));
    }
    for (const reply of await Promise.all(sends)) expect(reply).toMatchObject({ ok: true });
    return from + bytes.length;
  }

  async function runOnLink(): Promise<{ link: Link; ref: AttemptRef }> {
    const { token } = await api.app.get(MachineCredentials, { strict: false }).createJoinToken();
    const link: Link = io(api.url + LINK_NAMESPACE, {
      path: LINK_PATH,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { linkVersion: LINK_VERSION, joinToken: token },
    });
    sockets.push(link);
    const answer = await link
      .timeout(5_000)
      .emitWithAck('hello', { version: '1', name: 'lab', inventory: INVENTORY, properties: {}, attempts: [] });
    const { machineId } = (answer as { reply: HelloReply }).reply;
    const { body } = await user.post<RunView>('/api/v1/runs', { projectId, file: 'run.py', target: { machineId } });
    const ref = { runId: body.id, attempt: 1 };
    expect(await link.emitWithAck('claim', ref)).toMatchObject({ ok: true });
    await link.emitWithAck('attempt.running', { ...ref, pid: 1, startedAt: Date.now() });
    return { link, ref };
  }

  const finish = (link: Link, ref: AttemptRef, bytes: Buffer) =>
    link.emitWithAck('attempt.finished', {
      ...ref,
      outcome: 'exited',
      exitCode: 0,
      signal: null,
      reason: null,
      finishedAt: Date.now(),
      outputBytes: bytes.length,
      outputSha256: createHash('sha256').update(bytes).digest('hex'),
    });

  it('are few where a list of runs shows them', async () => {
    const ref = newRef();
    const lines = Array.from({ length: 2_000 }, (_, i) => `#loss ${i + 1} ${Math.sin(i)}\n`).join('');
    const to = await send(api, ref, Buffer.from(lines));
    await api.app.get(MetricsIngest, { strict: false }).settle(ref, to);
    const [loss] = await api.app.get(MetricsService, { strict: false }).glance(ref, true, { points: 16 });
    expect(loss?.count).toBe(2_000);
    expect(loss?.y.length).toBeGreaterThan(8);
    expect(loss?.y.length).toBeLessThanOrEqual(32);
  });

  it('of a few lines are not said to be sampled while the last of them is stored', async () => {
    const ref = newRef();
    const to = await send(api, ref, Buffer.from('#loss 1 0.5\n#loss 2 0.25'));
    expect((await list(api, ref)).series).toMatchObject([{ name: 'loss', count: 1 }]);
    const ingest = api.app.get(MetricsIngest, { strict: false });
    const settled = ingest.settle(ref, to);
    // Who knows that it has ended asks again until the last one is there.
    expect([ingest.isBehind(ref, false), ingest.isBehind(ref, true)]).toEqual([false, true]);
    await settled;
    expect(await list(api, ref, true)).toMatchObject({ sampled: false, series: [{ count: 2, y: [0.5, 0.25] }] });
  });

  it('are told to watchers, kept with the run, and complete at its end, also of a last line without an end', async () => {
    const { link, ref } = await runOnLink();
    const browser: Browser = io(api.url + EVENTS_NAMESPACE, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: { cookie: user.cookie, origin: api.url },
    });
    sockets.push(browser);
    await once(browser as never, 'connect');
    expect(await browser.emitWithAck('metrics.watch', { runId: ref.runId })).toEqual({ ok: true, attempt: 1 });
    const updates: MetricUpdate[] = [];
    browser.on('metrics', (update) => updates.push(update));
    const bytes = Buffer.from('#loss 1 0.5\n#loss 2 0.25\n#loss 3 nan');
    await link.emitWithAck(
      'output',
      {
        ...ref,
        from: 0,
        segments: [
          [20, 0, 7],
          [bytes.length - 20, 0, 107],
        ],
      },
      bytes,
    );
    for (let i = 0; i < 500 && updates.length === 0; i++) await sleep(10);
    expect(updates[0]).toMatchObject({
      ...ref,
      series: [{ name: 'loss', axis: 'step', first: 0, count: 2, x: [1, 2], y: [0.5, 0.25], time: [7, 107] }],
    });
    const live = await user.get<MetricList>(`/api/v1/runs/${ref.runId}/metrics`);
    expect(live.body).toEqual({
      attempt: 1,
      sampled: false,
      dropped: 0,
      series: [{ name: 'loss', axis: 'step', count: 2, x: [1, 2], y: [0.5, 0.25], time: [7, 107] }],
    });
    expect(await finish(link, ref, bytes)).toEqual({ ok: true });
    const run = (await user.get<RunView>(`/api/v1/runs/${ref.runId}`)).body;
    expect(run).toMatchObject({ state: 'succeeded', metrics: { loss: { last: null, min: 0.25, max: 0.5, step: 3 } } });
    const { body } = await user.get<MetricList>(`/api/v1/runs/${ref.runId}/metrics?names=loss,other&points=100`);
    expect(body.series).toMatchObject([{ name: 'loss', count: 3, x: [1, 2, 3], y: [0.5, 0.25, null] }]);
    expect((await user.get<MetricList>(`/api/v1/runs/${ref.runId}/metrics?names=other`)).body.series).toEqual([]);
    const unknown = '0'.repeat(24);
    const small = await user.get<MetricsOfRuns>(`/api/v1/metrics?runs=${ref.runId},${unknown}&names=loss`);
    expect(small.body.items).toMatchObject([{ runId: ref.runId, series: [{ name: 'loss', y: [0.5, 0.25, null] }] }]);
    const tooMany = Array.from({ length: 51 }, () => unknown).join(',');
    expect((await user.get(`/api/v1/metrics?runs=${tooMany}`)).status).toBe(400);
    for (let i = 0; i < 500 && updates.length < 2; i++) await sleep(10);
    expect(updates.flatMap(({ series }) => series.map(({ first, count }) => [first, count]))).toEqual([
      [0, 2],
      [2, 3],
    ]);
    expect((await user.delete(`/api/v1/runs/${ref.runId}`)).status).toBe(204);
    expect(await chunks().countDocuments({ runId: ref.runId })).toBe(0);
  });

  it('belong to their attempt: the next one begins without', async () => {
    const { ref } = await runOnLink();
    expect((await user.get(`/api/v1/runs/${ref.runId}/metrics?attempt=2`)).status).toBe(404);
    expect((await user.get(`/api/v1/runs/${ref.runId}/metrics?points=1`)).status).toBe(400);
    const bob = await api.signUp('bob');
    expect((await bob.get(`/api/v1/runs/${ref.runId}/metrics`)).status).toBe(404);
  });

  it('stand beside what the run and its machine use, of its own machine only', async () => {
    const { link, ref } = await runOnLink();
    const { link: other } = await runOnLink();
    const usage = (runMemory: number) => ({
      machine: { cpu: 0.5, memory: 1_000 },
      runs: [{ ...ref, sample: { runCpu: 1.5, runMemory } }],
    });
    const resources = async (): Promise<ResourceList> =>
      (await user.get<ResourceList>(`/api/v1/runs/${ref.runId}/resources`)).body;
    other.emit('resources', usage(666));
    link.emit('resources', usage(10));
    for (let i = 0; i < 500 && (await resources()).series.length === 0; i++) await sleep(10);
    link.emit('resources', usage(20));
    for (let i = 0; i < 500 && (await resources()).series[0]?.x.length !== 2; i++) await sleep(10);
    const list = await resources();
    expect(list.capacity).toEqual({ cpus: 2, memoryBytes: 1, gpuMemoryBytes: null });
    expect(list.series.map(({ name, y }) => [name, y])).toEqual([
      ['cpu', [0.5, 0.5]],
      ['memory', [1_000, 1_000]],
      ['runCpu', [1.5, 1.5]],
      ['runMemory', [10, 20]],
    ]);
    await finish(link, ref, Buffer.alloc(0));
    expect(await resources()).toEqual(list);
    const stored = api.app.get<Connection>(getConnectionToken(), { strict: false }).collection('resource_records');
    for (let i = 0; i < 500 && (await stored.countDocuments({ runId: ref.runId })) === 0; i++) await sleep(10);
    expect(await resources()).toEqual(list);
    await user.delete(`/api/v1/runs/${ref.runId}`);
    expect(await stored.countDocuments({ runId: ref.runId })).toBe(0);
  });

  it('come once each and none is lost, however often the server is started anew', async () => {
    const ref = newRef();
    const bytes = Buffer.from(Array.from({ length: 3_000 }, (_, i) => `noise ${i}\n#a ${i} ${i / 7}\n`).join(''));
    let at = 0;
    for (let restart = 0; restart < 3; restart++) {
      const other = await startApi(parts);
      // Pieces that end in the middle of a line, and some that were sent before.
      const to = restart === 2 ? bytes.length : Math.floor((bytes.length * (restart + 1)) / 3) + restart;
      const from = Math.max(0, at - 1_000);
      at = await send(other, ref, bytes.subarray(from, to), from, 777);
      // Some points are stored by now, others go with the process.
      if (restart === 1) await other.app.get(MetricsIngest, { strict: false }).flush(ref);
      await other.close();
    }
    const { series } = await list(api, ref, true);
    expect(series).toHaveLength(1);
    expect(series[0]?.x).toEqual(Array.from({ length: 3_000 }, (_, i) => i));
    expect(series[0]?.y).toEqual(Array.from({ length: 3_000 }, (_, i) => i / 7));
    expect(await list(api, ref, true)).toEqual(await list(api, ref, true));
  });

  it('come once though two servers read the same output', async () => {
    const ref = newRef();
    const other = await startApi(parts);
    const first = Buffer.from('#a 1 1\n#a 2 2\n');
    const second = Buffer.from('#a 3 3\n');
    await send(api, ref, first);
    await send(other, ref, second, first.length);
    await Promise.allSettled([list(api, ref), list(other, ref)]);
    await other.close();
    expect((await list(api, ref, true)).series).toMatchObject([{ count: 3, x: [1, 2, 3] }]);
  });

  it('are read from output that an earlier version stored', async () => {
    const ref = newRef();
    await send(api, ref, Buffer.from('#a 1 1\nepoch 2 b=2\n'));
    await api.app.get(MetricsIngest, { strict: false }).removeRuns([ref.runId]);
    expect((await list(api, ref, true)).series.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('are read again where other rules had made them', async () => {
    const ref = newRef();
    await send(api, ref, Buffer.from('Epoch 1: loss=0.5\nEpoch 2: loss=0.25\n'));
    await list(api, ref, true);
    const stale = { splitters: [], series: [{ name: 'old', axis: 'step', count: 1 }], points: 1, dropped: 0 };
    await chunks().updateMany({ runId: ref.runId }, { $set: { state: stale } });
    expect((await list(api, ref)).series).toEqual([]);
    expect((await list(api, ref, true)).series).toMatchObject([
      { name: 'loss', axis: 'epoch', x: [1, 2], y: [0.5, 0.25] },
    ]);
  });

  it('begin anew with output that is taken again', async () => {
    const ref = newRef();
    const ingest = api.app.get(OutputIngest, { strict: false });
    await send(api, ref, Buffer.from('#a 1 1\n'));
    await list(api, ref);
    const right = Buffer.from('#a 1 2\n');
    const end = { outputBytes: right.length, outputSha256: createHash('sha256').update(right).digest('hex') };
    expect(await ingest.verify(ref, end)).toBe(0);
    await send(api, ref, right);
    expect(await ingest.verify(ref, end)).toBeNull();
    expect((await list(api, ref, true)).series).toMatchObject([{ count: 1, y: [2] }]);
  });

  it('wait while the store is away', async () => {
    const ref = newRef();
    const to = await send(api, ref, Buffer.from('#a 1 1\n'));
    await parts.store.kill();
    const settled = api.app
      .get(MetricsIngest, { strict: false })
      .settle(ref)
      .catch(() => null);
    await parts.store.start();
    await settled;
    expect((await allOf(ref)).series).toMatchObject([{ count: 1 }]);
    expect(to).toBe(7);
  });

  it('are all kept, a million too, in few chunks, and few points of them lose no extremum @full', async () => {
    const ref = newRef();
    const count = process.env['MLE_TEST_FULL'] ? 1_000_000 : 200_000;
    let at = 0;
    for (let from = 0; from < count; from += 50_000) {
      const lines: string[] = [];
      for (let i = from; i < from + 50_000; i++)
        lines.push(`#a ${i} ${i === 123_457 ? 99 : i === 177_777 ? -99 : Math.round(1e4 * Math.sin(i / 1e4)) / 1e4}\n`);
      at = await send(api, ref, Buffer.from(lines.join('')), at);
    }
    const { series } = await allOf(ref);
    expect(series[0]).toMatchObject({ count });
    expect(series[0]?.x.length).toBeLessThan(21_000);
    expect([Math.max(...(series[0]?.y as number[])), Math.min(...(series[0]?.y as number[]))]).toEqual([99, -99]);
    expect(await chunks().countDocuments({ runId: ref.runId })).toBeLessThan(60);
    let [stored, misplaced] = [0, 0];
    for await (const [points] of api.app.get(MetricsRepository, { strict: false }).read(ref)) {
      for (const x of points?.x ?? []) if (x !== stored++) misplaced++;
    }
    expect([stored, misplaced]).toEqual([count, 0]);
  });
});
