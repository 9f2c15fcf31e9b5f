import {
  type AttemptRef,
  CreateSweepSchema,
  type KnobList,
  LIMITS,
  type Page,
  type ProjectView,
  type RunView,
  type SweepView,
} from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { SweepsRepository } from '../../src/experiments/sweeps/sweeps.repository.js';
import { Trials } from '../../src/experiments/sweeps/trials.service.js';
import { BlobCollectorService } from '../../src/platform/blobs/blob-collector.service.js';
import { BlobsService } from '../../src/platform/blobs/blobs.service.js';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker } from '../fake-worker.js';
import { trained } from './trained.js';

const SLOTS = 2;
const SOURCE = 'rate = 0.5\nseed = 0\nprint(rate, seed)\n';

let parts: Parts;
/** Two servers on the same data: each may look after every sweep. */
let apis: ApiUnderTest[];
let ada: Client;
let workers: FakeWorker[];
let projectId: string;
let projects = 0;
/** What the program of a run does. */
let program: (run: RunView) => Promise<{ lines: string[]; exitCode?: number }>;

beforeAll(async () => {
  parts = await startParts();
  apis = [await startApi(parts), await startApi(parts)];
  const [api] = apis as [ApiUnderTest, ApiUnderTest];
  ada = await api.signUp('ada');
  workers = [await FakeWorker.join(api, parts, 'one'), await FakeWorker.join(api, parts, 'two')];
  for (const worker of workers) {
    await ada.patch(`machines/${worker.machineId}`, { slots: SLOTS });
    worker.consume(SLOTS, (ref) => execute(worker, ref));
  }
});
// Each test has its own project: what ran before with the same files is not run again.
beforeEach(async () => {
  projectId = (await ada.post<ProjectView>('projects', { name: `p ${++projects}` })).body.id;
  await ada.put(`projects/${projectId}/files/train.py`, SOURCE);
  program = async (run) => ({ lines: learns(run) });
});
afterAll(async () => {
  for (const worker of workers ?? []) await worker.close();
  for (const api of apis ?? []) await api.close();
  await parts?.stop();
});

/** Higher with a higher rate, and with the seed. */
function learns({ params, seed }: RunView): string[] {
  const accuracy = 0.5 + Number(params['rate']) / 100 + seed / 1_000 + ((seed * 7) % 3) / 5_000;
  return ['epoch 1 accuracy 0.1', `epoch 2 accuracy ${accuracy.toFixed(5)}`];
}
async function execute(worker: FakeWorker, ref: AttemptRef): Promise<void> {
  const { body: run } = await ada.get<RunView>(`runs/${ref.runId}`);
  const { lines, ...end } = await program(run);
  await trained(worker, ref, lines, end);
}

const SWEEP = {
  file: 'train.py',
  goal: { metric: 'accuracy', direction: 'max' },
  space: { rate: { values: [5, 0.5, 10] } },
  seeds: 3,
};
const begin = (more: object = {}, headers: Record<string, string> = {}) =>
  ada.request<SweepView>('POST', 'sweeps', { ...SWEEP, projectId, ...more }, headers);
const get = async (id: string): Promise<SweepView> => (await ada.get<SweepView>(`sweeps/${id}`)).body;
const reached = (id: string, state: SweepView['state']) =>
  until(`the sweep is ${state}`, async () => {
    const sweep = await get(id);
    return sweep.state === state ? sweep : null;
  });
async function runsOf(id: string): Promise<RunView[]> {
  return (await ada.get<Page<RunView>>(`runs?sweepId=${id}&limit=200`)).body.items;
}

it('each value runs with each seed, once, on all machines, and ends in a sentence', async () => {
  const { status, body } = await begin();
  expect(status).toBe(201);
  expect(body).toMatchObject({
    state: 'smoke',
    knob: 'rate',
    // The value of the code first: the others are judged against it.
    settings: [
      { value: 0.5, seeds: 3 },
      { value: 5, seeds: 3 },
      { value: 10, seeds: 3 },
    ],
    progress: { runs: { total: 9 }, settings: { total: 3 } },
  });
  const done = await reached(body.id, 'done');
  expect(done).toMatchObject({
    reason: null,
    progress: { runs: { done: 9, failed: 0, toCome: 0, total: 9 }, settings: { done: 3, total: 3 } },
    best: { setting: 2 },
    evidence: {
      usesSeed: true,
      baseline: { n: 3 },
      effects: [
        { to: 5, n: 3 },
        { to: 10, verdict: 'better', n: 3 },
      ],
    },
  });
  expect(done.evidence.sentence).toMatch(
    /^rate 0.5 → 10: accuracy \+9\.5\d* ± .* points over 3 seeds; nothing else differs\.$/,
  );
  const runs = await runsOf(body.id);
  expect(runs.map(({ params, seed }) => `${params['rate']} ${seed}`).sort()).toEqual(
    ['0.5', '5', '10'].flatMap((value) => [0, 1, 2].map((seed) => `${value} ${seed}`)).sort(),
  );
  expect(new Set(runs.map(({ machineName }) => machineName)).size).toBe(2);
  expect(
    runs.every(({ priority, sweepId, attempts }) => priority < 0 && sweepId === body.id && attempts.length === 1),
  ).toBe(true);
  expect(runs.map(({ role }) => role).sort()).toEqual([...Array(3).fill('baseline'), ...Array(6).fill('trial')]);
  // A knob and the seed are set in each run's own copy.
  expect(runs[0]?.set.map(({ name }) => name).sort()).toEqual(['rate', 'seed']);
  const folded = (await ada.get<Page<RunView>>(`runs?projectId=${projectId}&folded=true`)).body.items;
  expect(folded.map(({ sweepId }) => sweepId)).toEqual([body.id]);
  expect((await ada.get<Page<SweepView>>(`sweeps?ids=${body.id}`)).body.items.map(({ id }) => id)).toEqual([body.id]);
  expect((await ada.get<Page<SweepView>>(`sweeps?ids=${'0'.repeat(24)}`)).body.items).toEqual([]);
});

it('the first run has to print the metric before the others start @full', async () => {
  let printed = (): void => undefined;
  const mayPrint = new Promise<void>((resolve) => (printed = resolve));
  program = async (run) => {
    await mayPrint;
    return { lines: learns(run) };
  };
  const { body } = await begin();
  await until('the first run goes on', async () => (await get(body.id)).progress.runs.running === 1 || null);
  expect(await runsOf(body.id)).toHaveLength(1);
  printed();
  await reached(body.id, 'done');

  await ada.put(`projects/${projectId}/files/train.py`, `${SOURCE}# prints another number\n`);
  program = async () => ({ lines: ['epoch 1 loss 0.5', 'epoch 2 loss 0.4'] });
  const mute = await reached((await begin()).body.id, 'failed');
  expect(mute.reason).toBe('The first run ended and did not print accuracy. It printed loss.');
  expect(mute.progress.runs).toMatchObject({ done: 1, toCome: 8 });
  expect(await runsOf(mute.id)).toHaveLength(1);
});

it('three failures in a row with the same last line stop it with that line; resumed it makes them again @full', async () => {
  program = async (run) =>
    run.role === 'baseline' ? { lines: learns(run) } : { lines: ['ValueError: too fast'], exitCode: 1 };
  const failed = await reached((await begin({ space: { rate: { values: [5, 6, 7, 8, 9] } } })).body.id, 'failed');
  expect(failed.reason).toContain('Three runs in a row ended with: ');
  program = async (run) => ({ lines: learns(run) });
  await ada.post(`sweeps/${failed.id}/resume`);
  const done = await reached(failed.id, 'done');
  expect(done.progress.runs).toMatchObject({ done: 18, failed: 0, total: 18 });
});

it('pauses, resumes, stops, and takes values and seeds that count together with those there @full', async () => {
  let go = (): void => undefined;
  const mayEnd = new Promise<void>((resolve) => (go = resolve));
  program = async (run) => {
    if (run.params['rate'] !== 0.5 || run.seed > 0) await mayEnd;
    return { lines: learns(run) };
  };
  const { body } = await begin({ parallel: 2 });
  await until('two are under way', async () => (await get(body.id)).progress.runs.running === 2 || null);
  expect((await ada.post<SweepView>(`sweeps/${body.id}/pause`)).body.state).toBe('paused');
  go();
  const paused = await until('those that had begun have ended', async () => {
    const sweep = await get(body.id);
    return sweep.progress.runs.running === 0 ? sweep : null;
  });
  expect(paused.progress.runs).toMatchObject({ done: 3, toCome: 6 });
  expect((await ada.delete(`sweeps/${body.id}`)).status).toBe(409);
  expect((await ada.post<SweepView>(`sweeps/${body.id}/stop`)).body.state).toBe('stopped');
  // Two at once lose nothing of one another.
  const [values, seeds] = await Promise.all([
    ada.post<SweepView>(`sweeps/${body.id}/extend`, { values: [20, 5] }),
    ada.post<SweepView>(`sweeps/${body.id}/extend`, { seeds: { add: 2, to: [0.5, 5] } }),
  ]);
  expect([values.status, seeds.status]).toEqual([200, 200]);
  const done = await reached(body.id, 'done');
  expect(done.settings).toEqual([
    { value: 0.5, seeds: 5 },
    { value: 5, seeds: 5 },
    { value: 10, seeds: 3 },
    { value: 20, seeds: 3 },
  ]);
  expect(done.evidence.effects.map(({ to, n }) => [to, n])).toEqual([
    [5, 5],
    [10, 3],
    [20, 3],
  ]);
  expect(done.progress.runs).toMatchObject({ done: 16, total: 16 });
  const places = (await runsOf(body.id)).map(({ params, seed }) => `${params['rate']} ${seed}`);
  expect(new Set(places).size).toBe(places.length);
  expect((await ada.post(`sweeps/${body.id}/resume`)).status).toBe(409);
  expect((await ada.post(`sweeps/${body.id}/extend`, { seeds: { add: 1, to: [7] } })).status).toBe(400);
  expect((await ada.post(`sweeps/${body.id}/extend`, { values: [5] })).status).toBe(400);

  // Again: a new sweep of the same; what is removed goes with its runs.
  const { body: again } = await ada.post<SweepView>(`sweeps/${body.id}/rerun`);
  expect(again).toMatchObject({ number: done.number + 1, settings: done.settings, snapshotId: done.snapshotId });
  expect((await ada.post<SweepView>(`sweeps/${again.id}/stop`)).body.state).toBe('stopped');
  await until('it is gone', async () => (await ada.delete(`sweeps/${again.id}`)).status === 204 || null);
  expect(await runsOf(again.id)).toEqual([]);
  expect((await ada.get(`sweeps/${again.id}`)).status).toBe(404);
});

it('a key makes a repetition harmless, at both servers at once @full', async () => {
  const there = (apis[1] as ApiUnderTest).visitor();
  there.cookie = ada.cookie;
  const headers = { 'idempotency-key': 'vary-1' };
  const body = { ...SWEEP, projectId };
  const answers = await Promise.all(
    [ada, there, ada].map((client) => client.request<SweepView>('POST', 'sweeps', body, headers)),
  );
  expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
  expect(await begin({ seeds: 2 }, headers)).toMatchObject({ status: 422, body: { code: 'idempotency.reused' } });
  const done = await reached(answers[0]?.body.id ?? '', 'done');
  expect(await runsOf(done.id)).toHaveLength(9);
});

it('a run of before it was resumed gives way to the one of the round that began', async () => {
  let letGo: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  program = async (run) => {
    await released;
    return { lines: learns(run) };
  };
  const { id } = (await begin({ seeds: 1 })).body;
  const app = (apis[1] as ApiUnderTest).app;
  const seenBefore = await app.get(SweepsRepository, { strict: false }).get(id);
  await ada.post(`sweeps/${id}/stop`);
  await ada.post(`sweeps/${id}/resume`);
  // As the other server does that saw it before, and was slow.
  if (seenBefore) await app.get(Trials, { strict: false }).start(seenBefore, { setting: 1, seed: 0 }, undefined);
  letGo();
  expect((await reached(id, 'done')).progress.runs).toMatchObject({ done: 3, total: 3 });
  const ends = (await runsOf(id)).filter(({ params }) => params['rate'] === 5).map(({ state }) => state);
  expect(ends.sort()).toEqual(['stopped', 'succeeded']);
}, 90_000);

it('goes by its own snapshot, whatever becomes of the files @full', async () => {
  const { body } = await begin({ seeds: 1 });
  await reached(body.id, 'done');
  await ada.put(`projects/${projectId}/files/train.py`, 'rate = 1\n');
  const current = (await ada.post<SweepView>(`sweeps/${body.id}/rerun`, { files: 'current' })).body;
  expect(current.settings.map(({ value }) => value)).toEqual([1, 0.5, 5, 10]);
  await reached(current.id, 'done');
  for (const { id } of await runsOf(body.id)) await ada.delete(`runs/${id}`);
  const [api] = apis as [ApiUnderTest, ApiUnderTest];
  await api.app.get(BlobCollectorService, { strict: false }).collect(0);
  expect(await api.app.get(BlobsService, { strict: false }).size(body.snapshotId)).not.toBeNull();
  await ada.put(`projects/${projectId}/files/train.py`, SOURCE);
});

it('takes the files of a run, with its knobs, whatever the project has since @full', async () => {
  const other = (await ada.post<ProjectView>('projects', { name: 'other' })).body.id;
  const old = (await ada.post<RunView>('runs', { projectId, file: 'train.py' })).body;
  await until('it has ended', async () => (await ada.get<RunView>(`runs/${old.id}`)).body.state === 'succeeded');
  await ada.delete(`projects/${projectId}/files/train.py`);
  const knobs = (id: string, path = 'train.py') =>
    ada.get<KnobList>(`projects/${id}/knobs?file=${path}&runId=${old.id}&at.rate=5`);
  const [rate] = (await knobs(projectId)).body.items;
  expect(rate).toMatchObject({ name: 'rate', value: 5, line: 1 });
  expect(await knobs(projectId, 'none.py')).toMatchObject({
    status: 404,
    body: { detail: `Run ${old.number} had no file none.py.` },
  });
  expect((await knobs(other)).status).toBe(404);

  const base = { runId: old.id };
  expect((await begin({ projectId: other, base })).status).toBe(404);
  expect((await begin({ seeds: 1 })).status).toBe(404);
  const { body } = await begin({ seeds: 1, base: { ...base, params: { rate: 1 } } });
  expect(body).toMatchObject({
    ...{ settings: [{ value: 1 }, { value: 5 }, { value: 0.5 }, { value: 10 }], snapshotId: old.snapshotId },
    base: { run: { id: old.id, number: old.number }, params: {} },
  });
  await reached(body.id, 'done');
  expect(new Set((await runsOf(body.id)).map(({ snapshotId }) => snapshotId))).toEqual(new Set([old.snapshotId]));
  await ada.put(`projects/${projectId}/files/train.py`, SOURCE);
  const again = (await ada.post<SweepView>(`sweeps/${body.id}/rerun`)).body;
  const current = (await ada.post<SweepView>(`sweeps/${body.id}/rerun`, { files: 'current' })).body;
  expect([again.base.run, current.base.run]).toEqual([{ id: old.id, number: old.number }, null]);
  await reached(again.id, 'done');
  await reached(current.id, 'done');
});

it('a value in the base is what the others are judged against, in place of the one of the code', async () => {
  const { body } = await begin({ seeds: 1, space: { rate: { values: [5] } }, base: { params: { rate: 1 } } });
  expect(body).toMatchObject({ settings: [{ value: 1 }, { value: 5 }], base: { params: {} } });
  const done = await reached(body.id, 'done');
  expect(done.evidence.effects).toMatchObject([{ from: 1, to: 5 }]);
});

it('at a limit of time or money it stops with its runs, and goes on when that is raised', async () => {
  let letGo: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  program = async (run) => {
    if (run.params['rate'] !== 0.5) await released;
    return { lines: learns(run) };
  };
  const [api] = apis as [ApiUnderTest, ApiUnderTest];
  const machineId = workers[0]?.machineId ?? '';
  const instances = api.app.get<Connection>(getConnectionToken(), { strict: false }).collection('instances');
  // So dear that each moment of a run is beyond the limit.
  await instances.insertOne({ machineId, endedAt: null, price: { compute: 3.6e9, address: 0, disk: 0, worst: 0 } });
  const dear = await begin({ seeds: 1, target: { machineId }, limits: { dollars: 0.5 } });
  const short = await begin({ seeds: 1, target: { machineId: workers[1]?.machineId }, limits: { minutes: 0.01 } });
  expect([dear.body.limits, short.body.limits]).toEqual([{ dollars: 0.5 }, { minutes: 0.01 }]);
  const [costly, slow] = [await reached(dear.body.id, 'stopped'), await reached(short.body.id, 'stopped')];
  expect(costly).toMatchObject({ reason: 'It reached its limit of $0.50.', used: { minutes: null } });
  expect(costly.used.dollars).toBeGreaterThanOrEqual(0.5);
  expect(slow).toMatchObject({
    reason: 'It reached its limit of 0.01 minutes.',
    used: { minutes: 0, dollars: null },
  });
  await instances.deleteMany({ machineId });
  letGo();
  expect((await ada.patch<SweepView>(`sweeps/${short.body.id}`, { limits: {} })).body.limits).toEqual({});
  for (const { id } of [dear.body, short.body]) {
    await ada.post(`sweeps/${id}/resume`);
    expect((await reached(id, 'done')).progress.runs).toMatchObject({ done: 3, toCome: 0 });
  }
  expect(await begin({ limits: { minutes: 0 } })).toMatchObject({ status: 400 });
});

it('what could not run is refused in words', async () => {
  expect(await begin({ space: { speed: { values: [1] } } })).toMatchObject({
    status: 400,
    body: { code: 'sweep.knob', detail: 'train.py has no knob speed. It has rate, seed.' },
  });
  expect(await begin({ file: 'other.py' })).toMatchObject({ status: 404 });
  expect(await begin({ seeds: 100, space: { rate: { values: [1, 2, 3, 4, 5, 6] } } })).toMatchObject({
    status: 400,
    body: { code: 'sweep.size', detail: 'These are 700 runs. A sweep has 500 at most.' },
  });
  expect(await begin({ space: { rate: { values: [1] }, seed: { values: [1] } } })).toMatchObject({ status: 400 });
  expect(CreateSweepSchema.safeParse({ ...SWEEP, projectId, command: 'ls' }).success).toBe(false);
});

it('a user has so many that go on at once, and a paused one is none of them @full', async () => {
  let letGo: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  program = async (run) => {
    await released;
    return { lines: learns(run) };
  };
  const begun = [];
  for (let i = 0; i < LIMITS.openSweeps; i++) begun.push((await begin()).body);
  expect(await begin()).toMatchObject({ status: 409, body: { code: 'sweep.many' } });
  // Its first run has not begun: the machines are busy with those before it.
  const last = begun.at(-1)?.id ?? '';
  expect((await ada.post(`sweeps/${last}/pause`, {})).status).toBe(200);
  await until('there is room', async () => (await begin()).status === 201);
  expect(await ada.post(`sweeps/${last}/resume`, {})).toMatchObject({ status: 409, body: { code: 'sweep.many' } });
  letGo();
  const { body } = await ada.get<Page<SweepView>>('sweeps?limit=200');
  for (const { id } of body.items) await ada.post(`sweeps/${id}/stop`, {});
});
