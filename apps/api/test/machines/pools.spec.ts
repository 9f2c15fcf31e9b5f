import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BrowserToServer,
  EVENTS_NAMESPACE,
  type Inventory,
  type MachineView,
  type PoolView,
  type Problem,
  type ProjectView,
  type RunView,
  type ServerToBrowser,
} from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { io, type Socket } from 'socket.io-client';
import { DeliveriesService } from '../../src/machines/queue/deliveries.service.js';
import { RunsRepository } from '../../src/run-records/runs.repository.js';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker, GiB, INVENTORY } from '../fake-worker.js';

type Browser = Socket<ServerToBrowser, BrowserToServer>;

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let bob: Client;
let projectId: string;
const workers: FakeWorker[] = [];
const browsers: Browser[] = [];

beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts, { lostAfterSeconds: 2 });
  ada = await api.signUp('ada');
  bob = await api.signUp('bob');
  projectId = (await ada.post<ProjectView>('/api/v1/projects', { name: 'p' })).body.id;
  await ada.put(`/api/v1/projects/${projectId}/files/run.py`, 'print(1)\n');
});
afterEach(async () => {
  for (const browser of browsers.splice(0)) browser.disconnect();
  for (const worker of workers.splice(0)) await worker.close();
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

async function join(
  name: string,
  poolIds: string[] = [],
  more: Parameters<typeof FakeWorker.join>[3] = {},
): Promise<FakeWorker> {
  const worker = await FakeWorker.join(api, parts, name, more);
  workers.push(worker);
  if (poolIds.length > 0) await ada.patch(`/api/v1/machines/${worker.machineId}`, { poolIds });
  return worker;
}

let made = 0;
async function makePool(machineIds: string[] = [], name = `pool ${++made}`): Promise<PoolView> {
  const { status, body } = await ada.post<PoolView>('/api/v1/pools', { name, machineIds });
  expect(status).toBe(201);
  return body;
}

async function start(more: object): Promise<RunView> {
  const { status, body } = await ada.post<RunView>('/api/v1/runs', { projectId, file: 'run.py', ...more });
  expect(status).toBe(201);
  return body;
}
const run = async (id: string): Promise<RunView> => (await ada.get<RunView>(`/api/v1/runs/${id}`)).body;
const machine = async (id: string): Promise<MachineView> => (await ada.get<MachineView>(`/api/v1/machines/${id}`)).body;

async function until(id: string, wanted: (run: RunView) => boolean, what: string): Promise<RunView> {
  for (let i = 0; i < 400; i++) {
    const view = await run(id);
    if (wanted(view)) return view;
    await sleep(50);
  }
  throw new Error(`the run does not become ${what}: ${JSON.stringify(await run(id))}`);
}
const assigned = (id: string, to?: FakeWorker) =>
  until(
    id,
    ({ state, machineId }) => state === 'assigned' && (!to || machineId === to.machineId),
    `assigned to ${to?.machineId ?? 'a machine'}`,
  );
const waits = (id: string, reason: string) =>
  until(id, ({ state, waitReason }) => state === 'queued' && waitReason === reason, reason);

async function begin(worker: FakeWorker, runId: string, attempt = 1): Promise<{ runId: string; attempt: number }> {
  const ref = { runId, attempt };
  expect(await worker.claim(ref)).toBe(true);
  await worker.running(ref);
  return ref;
}

describe('pools', () => {
  it('are made, changed and removed by administrators, and seen by all', async () => {
    const { machineId } = await join('m');
    const pool = await makePool([machineId], 'GPU');
    expect(pool).toMatchObject({ name: 'GPU', machineIds: [machineId] });
    expect((await bob.get<{ items: PoolView[] }>('/api/v1/pools')).body.items).toEqual([pool]);
    expect((await bob.get<PoolView>(`/api/v1/pools/${pool.id}`)).body).toEqual(pool);
    expect((await bob.post('/api/v1/pools', { name: 'x' })).status).toBe(403);
    expect((await machine(machineId)).poolIds).toEqual([pool.id]);
    expect(await ada.post<Problem>('/api/v1/pools', { name: 'gpu' })).toMatchObject({
      status: 409,
      body: { code: 'pool.name_taken' },
    });
    expect(
      (await ada.patch<PoolView>(`/api/v1/pools/${pool.id}`, { name: 'gpus', machineIds: [] })).body,
    ).toMatchObject({ name: 'gpus', machineIds: [] });
    expect((await machine(machineId)).poolIds).toEqual([]);
    expect(
      (await ada.patch<MachineView>(`/api/v1/machines/${machineId}`, { poolIds: [pool.id, pool.id] })).body.poolIds,
    ).toEqual([pool.id]);
    expect((await ada.get<PoolView>(`/api/v1/pools/${pool.id}`)).body.machineIds).toEqual([machineId]);
    expect((await ada.delete(`/api/v1/pools/${pool.id}`)).status).toBe(204);
    expect((await machine(machineId)).poolIds).toEqual([]);
    expect((await ada.get(`/api/v1/pools/${pool.id}`)).status).toBe(404);
  });

  it('take no machine, and machines no pool, that does not exist', async () => {
    const unknown = 'f'.repeat(24);
    const { machineId } = await join('m');
    expect(await ada.post<Problem>('/api/v1/pools', { name: 'x', machineIds: [unknown] })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'machineIds' }] },
    });
    expect(await ada.patch<Problem>(`/api/v1/machines/${machineId}`, { poolIds: [unknown] })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'poolIds' }] },
    });
    expect(
      await ada.post<Problem>('/api/v1/runs', { projectId, file: 'run.py', target: { poolId: unknown } }),
    ).toMatchObject({ status: 404, body: { code: 'pool.not_found' } });
  });

  it('are told to browsers', async () => {
    const browser: Browser = io(api.url + EVENTS_NAMESPACE, {
      transports: ['websocket'],
      forceNew: true,
      extraHeaders: { cookie: bob.cookie, origin: api.url },
    });
    browsers.push(browser);
    await once(browser as never, 'connect');
    const seen: string[] = [];
    browser.on('pool.changed', ({ name, machineIds }) => seen.push(`${name} ${machineIds.length}`));
    const removed = once(browser as never, 'pool.removed');
    const { machineId } = await join('m');
    const pool = await makePool([], 'told');
    await ada.patch(`/api/v1/machines/${machineId}`, { poolIds: [pool.id] });
    await ada.delete(`/api/v1/machines/${machineId}`);
    await ada.delete(`/api/v1/pools/${pool.id}`);
    expect((await removed)[0]).toEqual({ id: pool.id });
    expect(seen).toEqual(['told 0', 'told 1', 'told 0']);
  });

  it('stay while runs wait for them', async () => {
    const pool = await makePool();
    const waiting = await start({ target: { poolId: pool.id } });
    expect(await ada.delete<Problem>(`/api/v1/pools/${pool.id}`)).toMatchObject({
      status: 409,
      body: { code: 'pool.busy', detail: expect.stringContaining('an active run. Stop it first') },
    });
    await ada.post(`/api/v1/runs/${waiting.id}/stop`);
    expect((await ada.delete(`/api/v1/pools/${pool.id}`)).status).toBe(204);
  });
});

describe('a run of a pool', () => {
  it('says in words what it waits for', async () => {
    const pool = await makePool([], 'lab');
    const target = { poolId: pool.id };
    const first = await start({ target });
    expect(first).toMatchObject({
      state: 'queued',
      machineId: null,
      target,
      place: 1,
      waitReason:
        'Pool lab has no machines. Add one to it on the Machines page, or stop the run and choose another target.',
    });
    const big = await start({ target, needs: { gpus: 2, gpuMemoryBytes: 16 * GiB, labels: ['fast'] }, priority: -1 });
    const away = await join('away', [], {
      gpus: [
        { name: 'g', memoryBytes: 8 * GiB },
        { name: 'g', memoryBytes: 24 * GiB },
      ],
    });
    await away.leave();
    await ada.patch(`/api/v1/machines/${away.machineId}`, { poolIds: [pool.id], labels: ['fast'] });
    expect((await run(first.id)).waitReason).toBe('No machine of pool lab is online. The run starts when one is back.');
    expect(await run(big.id)).toMatchObject({
      place: 2,
      waitReason:
        'No machine of pool lab has 2 GPUs with 16 GB and the label fast. Add one that has, or stop the run and ask for less.',
    });
    const near = await join('near');
    await ada.patch(`/api/v1/machines/${near.machineId}`, { poolIds: [pool.id], drain: true });
    expect((await run(first.id)).waitReason).toBe(
      'Every machine of pool lab that is online is drained and takes no new runs.',
    );
    await ada.patch(`/api/v1/machines/${near.machineId}`, { drain: false });
    expect(await assigned(first.id, near)).toMatchObject({
      machineName: 'near',
      place: 1,
      waitReason: 'near takes it in a moment.',
    });
    const [second, third] = [await start({ target }), await start({ target })];
    expect(await run(second.id)).toMatchObject({
      place: 1,
      waitReason: 'Every machine of pool lab is busy; it is next.',
    });
    expect(await run(third.id)).toMatchObject({
      place: 2,
      waitReason: 'Every machine of pool lab is busy; 1 run is before it.',
    });
    const { body } = await ada.get<{ items: RunView[] }>(`/api/v1/runs?poolId=${pool.id}`);
    expect(body.items.map(({ id }) => id)).toEqual([third.id, second.id, big.id, first.id]);
    for (const item of body.items) expect(item).toEqual(await run(item.id));
    await ada.post('/api/v1/runs/stop', { ids: body.items.map(({ id }) => id) });
  });

  it('hears of its place when the line moves', async () => {
    const pool = await makePool();
    const target = { poolId: pool.id };
    const [first, second] = [await start({ target }), await start({ target })];
    const browser: Browser = io(api.url + EVENTS_NAMESPACE, {
      transports: ['websocket'],
      forceNew: true,
      extraHeaders: { cookie: ada.cookie, origin: api.url },
    });
    browsers.push(browser);
    await once(browser as never, 'connect');
    const moved = new Promise<RunView>((resolve) =>
      browser.on('run.changed', (view) => view.id === second.id && view.place === 1 && resolve(view)),
    );
    await ada.post(`/api/v1/runs/${first.id}/stop`);
    expect(await moved).toEqual(await run(second.id));
    await ada.post(`/api/v1/runs/${second.id}/stop`);
  });

  it('goes by priority, then by age, and is not held up by one that no machine satisfies', async () => {
    const pool = await makePool();
    const target = { poolId: pool.id };
    const impossible = await start({ target, priority: 100, needs: { labels: ['nowhere'] } });
    const [old, young, urgent] = [
      await start({ target }),
      await start({ target }),
      await start({ target, priority: 5 }),
    ];
    const worker = await join('m', [pool.id]);
    for (const next of [urgent, old, young]) {
      await assigned(next.id, worker);
      await worker.finish(await begin(worker, next.id));
      expect((await run(next.id)).state).toBe('succeeded');
    }
    expect((await run(impossible.id)).state).toBe('queued');
    await ada.patch(`/api/v1/machines/${worker.machineId}`, { labels: ['nowhere'] });
    await assigned(impossible.id, worker);
  });

  it('goes to a machine that has what it needs, and waits for that one while another is free', async () => {
    const pool = await makePool();
    const [plain, gpu] = [
      await join('plain', [pool.id]),
      await join('gpu', [pool.id], { gpus: [{ name: 'g', memoryBytes: 16 * GiB }] }),
    ];
    const needs = { gpus: 1, gpuMemoryBytes: 12 * GiB };
    const [first, second] = [
      await start({ target: { poolId: pool.id }, needs }),
      await start({ target: { poolId: pool.id }, needs }),
    ];
    await assigned(first.id, gpu);
    await waits(second.id, `Every machine of pool ${pool.name} that has a GPU with 12 GB is busy; it is next.`);
    await assigned((await start({ target: { poolId: pool.id } })).id, plain);
  });

  it('has the GPUs of its machine for itself, whoever else has slots there', async () => {
    const pool = await makePool();
    const gpu = { name: 'g', memoryBytes: 16 * GiB };
    const worker = await join('gpus', [pool.id], { gpus: [gpu, gpu, { ...gpu, memoryBytes: 40 * GiB }] });
    await ada.patch(`/api/v1/machines/${worker.machineId}`, { slots: 8 });
    const [pooled, direct] = [{ poolId: pool.id }, { machineId: worker.machineId }];
    const claimed = async ({ id }: RunView): Promise<number[] | null> => {
      const reply = await worker.link.timeout(10_000).emitWithAck('claim', { runId: id, attempt: 1 });
      return reply.ok ? reply.spec.gpus : null;
    };
    const first = await start({ target: pooled, needs: { gpus: 2, gpuMemoryBytes: 16 * GiB } });
    await assigned(first.id, worker);
    expect(await claimed(first)).toEqual([0, 1]);
    expect(await claimed(first)).toEqual([0, 1]);
    const [second, third] = [
      await start({ target: pooled, needs: { gpus: 2 } }),
      await start({ target: direct, needs: { gpus: 1 } }),
    ];
    await waits(second.id, `Other runs hold the GPUs of every machine of pool ${pool.name}; it is next.`);
    // A run of the machine's own line needs no dispatcher: what is free it gets at once, and what is not is refused it.
    expect(await claimed(third)).toEqual([2]);
    const fourth = await start({ target: direct, needs: { gpuMemoryBytes: 1 } });
    expect(await claimed(fourth)).toBeNull();
    expect(await run(fourth.id)).toMatchObject({
      state: 'queued',
      place: 1,
      waitReason: 'Other runs hold the GPUs of gpus; it is next.',
    });
    // Another server that had seen the GPU free, a moment ago, is refused it by the index.
    const late = { machineId: worker.machineId, machineName: 'gpus', gpus: [2] };
    expect(await api.app.get(RunsRepository, { strict: false }).assign({ runId: fourth.id, attempt: 1 }, late)).toBe(
      'taken',
    );
    const plain = await start({ target: direct });
    expect(
      (await ada.get<{ items: RunView[] }>(`/api/v1/runs?machineId=${worker.machineId}`)).body.items.find(
        ({ id }) => id === fourth.id,
      )?.waitReason,
    ).toBe((await run(fourth.id)).waitReason);
    expect(await claimed(plain)).toEqual([]);
    await worker.finish({ runId: first.id, attempt: 1 });
    await assigned(second.id, worker);
    expect(await claimed(second)).toEqual([0, 1]);
    expect(await claimed(fourth)).toBeNull();
    const deliveries = api.app.get(DeliveriesService, { strict: false });
    const delivered = (): Promise<boolean> => deliveries.exists(worker.machineId, { runId: fourth.id, attempt: 1 });
    expect(await delivered()).toBe(true);
    const begun = new Promise<void>((resolve) =>
      worker.consume(8, async ({ runId }) => {
        if (runId === fourth.id) resolve();
      }),
    );
    while (await delivered()) await sleep(20);
    expect((await run(fourth.id)).state).toBe('queued');
    await worker.finish({ runId: third.id, attempt: 1 });
    await begun;
  });

  it('goes to a machine that shows later that it has what it needs', async () => {
    const pool = await makePool();
    const worker = await join('m', [pool.id]);
    const { id } = await start({ target: { poolId: pool.id }, needs: { gpus: 1 } });
    const inventory: Inventory = {
      ...INVENTORY,
      gpus: [{ name: 'plugged in', memoryBytes: 16 * GiB }],
      python: '3.13.0',
    };
    worker.link.emit('inventory', inventory);
    await assigned(id, worker);
    expect((await ada.get<MachineView>(`/api/v1/machines/${worker.machineId}`)).body.inventory).toEqual(inventory);
  });

  it.each(['says goodbye', 'is drained', 'leaves the pool', 'is removed'] as const)(
    'goes elsewhere when its machine %s before it began',
    async (what) => {
      const pool = await makePool();
      const first = await join('first', [pool.id]);
      const { id } = await start({ target: { poolId: pool.id } });
      await assigned(id, first);
      const second = await join('second', [pool.id]);
      if (what === 'says goodbye') await first.leave();
      if (what === 'is drained') await ada.patch(`/api/v1/machines/${first.machineId}`, { drain: true });
      if (what === 'leaves the pool') await ada.patch(`/api/v1/machines/${first.machineId}`, { poolIds: [] });
      if (what === 'is removed') expect((await ada.delete(`/api/v1/machines/${first.machineId}`)).status).toBe(204);
      await assigned(id, second);
      if (first.link.connected && what !== 'is removed')
        expect(await first.claim({ runId: id, attempt: 1 })).toBe(false);
      await second.finish(await begin(second, id));
      const view = await run(id);
      expect(view).toMatchObject({ state: 'succeeded', machineName: 'second', attempt: 1 });
      expect(view.attempts[0]?.history.map(({ state }) => state)).toEqual([
        'queued',
        'assigned',
        'queued',
        'assigned',
        'preparing',
        'running',
        'succeeded',
      ]);
    },
  );

  it('stays with a machine that has claimed it, whatever becomes of the machine', async () => {
    const pool = await makePool();
    const worker = await join('m', [pool.id]);
    const { id } = await start({ target: { poolId: pool.id } });
    await assigned(id, worker);
    const ref = await begin(worker, id);
    await join('other', [pool.id]);
    await ada.patch(`/api/v1/machines/${worker.machineId}`, { drain: true, poolIds: [] });
    expect((await ada.delete<Problem>(`/api/v1/machines/${worker.machineId}`)).body).toMatchObject({
      code: 'machine.busy',
      detail: 'm still has an active run. Stop it first, or drain the machine and wait.',
    });
    await worker.finish(ref);
    expect(await run(id)).toMatchObject({ state: 'succeeded', machineId: worker.machineId });
  });

  it('is tried on another machine after a loss', async () => {
    const pool = await makePool();
    const first = await join('first', [pool.id]);
    const { id } = await start({ target: { poolId: pool.id }, retry: { max: 1, on: 'loss', backoffSeconds: 0 } });
    await assigned(id, first);
    await begin(first, id);
    first.vanish();
    await until(id, ({ state, attempt }) => state === 'queued' && attempt === 2, 'queued again');
    // Both are free: the one that lost it is there first, and still not chosen.
    workers.push(await FakeWorker.dial(api, parts, { credential: first.credential }));
    await ada.patch(`/api/v1/machines/${first.machineId}`, { drain: true });
    const second = await join('second', [pool.id]);
    await ada.patch(`/api/v1/machines/${first.machineId}`, { drain: false, slots: 4 });
    await assigned(id, second);
    await second.finish(await begin(second, id, 2));
    expect((await run(id)).attempts.map(({ state, machineName }) => [state, machineName])).toEqual([
      ['lost', 'first'],
      ['succeeded', 'second'],
    ]);
  });

  it('is retried after a failure only where its policy says so, on the same machine when there is no other', async () => {
    const pool = await makePool();
    const worker = await join('m', [pool.id]);
    const target = { poolId: pool.id };
    const patient = await start({ target, retry: { max: 1, on: 'failure', backoffSeconds: 0.5 } });
    await assigned(patient.id, worker);
    await worker.finish(await begin(worker, patient.id), { exitCode: 1 });
    expect((await run(patient.id)).waitReason).toMatch(/^The next attempt begins at /);
    await assigned(patient.id, worker);
    await worker.finish(await begin(worker, patient.id, 2), { exitCode: 2 });
    expect(await run(patient.id)).toMatchObject({ state: 'failed', exitCode: 2, attempt: 2 });
    const strict = await start({ target, retry: { max: 1, on: 'loss', backoffSeconds: 0 } });
    await assigned(strict.id, worker);
    await worker.finish(await begin(worker, strict.id), { exitCode: 1 });
    expect(await run(strict.id)).toMatchObject({ state: 'failed', attempt: 1 });
    const late = await start({ target, retry: { max: 1, on: 'failure', backoffSeconds: 0 } });
    await assigned(late.id, worker);
    await worker.finish(await begin(worker, late.id), { outcome: 'timed_out', exitCode: null, signal: 'SIGKILL' });
    expect(await run(late.id)).toMatchObject({ state: 'timed_out', attempt: 1 });
  });

  it('keeps one order with the runs that target its machine', async () => {
    const pool = await makePool();
    const worker = await join('m', [pool.id]);
    const direct = { machineId: worker.machineId };
    const busy = await begin(worker, (await start({ target: direct })).id);
    const before = await start({ target: direct });
    const pooled = await start({ target: { poolId: pool.id } });
    const after = await start({ target: direct });
    await worker.finish(busy);
    // The free slot is the oldest run's: the younger ones do not take it, whoever asks first.
    expect(await worker.claim({ runId: after.id, attempt: 1 })).toBe(false);
    expect((await run(pooled.id)).state).toBe('queued');
    await worker.finish(await begin(worker, before.id));
    await assigned(pooled.id, worker);
    expect(await worker.claim({ runId: after.id, attempt: 1 })).toBe(false);
    await worker.finish(await begin(worker, pooled.id));
    await worker.finish(await begin(worker, after.id));
    expect((await run(after.id)).state).toBe('succeeded');
  });
});
