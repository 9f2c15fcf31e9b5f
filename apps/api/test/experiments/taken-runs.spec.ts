import type { CreateRun, Page, ProjectView, RunView, SweepView } from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker } from '../fake-worker.js';
import { trained } from './trained.js';

const SOURCE = 'rate = 0.5\nprint(rate)\n';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
const workers: FakeWorker[] = [];
let projectId: string;
let projects = 0;
/** The machine that is like the first. */
let twin: string;
/** The one with another processor. */
let other: string;

beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
  await join('one');
  twin = (await join('two')).machineId;
  other = (await join('three', 'another cpu')).machineId;
  await ada.patch(`machines/${other}`, { drain: true });
});
beforeEach(async () => {
  projectId = (await ada.post<ProjectView>('projects', { name: `p ${++projects}` })).body.id;
  await write(SOURCE);
});
afterAll(async () => {
  for (const worker of workers) await worker.close();
  await api?.close();
  await parts?.stop();
});

async function join(name: string, cpuModel = 'cpu'): Promise<FakeWorker> {
  const worker = await FakeWorker.join(api, parts, name, { cpuModel });
  workers.push(worker);
  await ada.patch(`machines/${worker.machineId}`, { slots: 4 });
  worker.consume(4, async (ref) => {
    const { body } = await ada.get<RunView>(`runs/${ref.runId}`);
    const { params, seed, note } = body;
    const accuracy = 0.5 + Number(params['rate'] ?? 0.5) / 100 + seed / 1_000 + ((seed * 7) % 3) / 5_000;
    const lines = ['epoch 1 accuracy=0.1', `epoch 2 accuracy=${accuracy.toFixed(5)}`, '#speed 1 1', '#speed 2 2'];
    await trained(worker, ref, note === 'mute' ? ['nothing'] : lines);
  });
  return worker;
}

const write = (source: string) => ada.put(`projects/${projectId}/files/train.py`, source);

/** A run that somebody starts by itself, when its numbers and its program are read. */
async function ran(more: Partial<CreateRun> = {}): Promise<RunView> {
  const { status, body } = await ada.post<RunView>('runs', { projectId, file: 'train.py', ...more });
  expect(status).toBe(201);
  return until('it has ended and is read', async () => {
    const run = (await ada.get<RunView>(`runs/${body.id}`)).body;
    const read = more.note === 'mute' || Object.keys(run.metrics).length > 0;
    return run.state === 'succeeded' && read && Object.keys(run.knobs).length > 0 ? run : null;
  });
}

async function varied(more: object = {}): Promise<SweepView> {
  const { status, body } = await ada.post<SweepView>('sweeps', {
    ...{ projectId, file: 'train.py', goal: { metric: 'accuracy', direction: 'max' } },
    ...{ space: { rate: { values: [5] } }, seeds: 3, ...more },
  });
  expect(status).toBe(201);
  return ended(body.id);
}
const ended = (id: string): Promise<SweepView> =>
  until('the sweep is done', async () => {
    const { body } = await ada.get<SweepView>(`sweeps/${id}`);
    if (body.state === 'failed') throw new Error(String(body.reason));
    return body.state === 'done' ? body : null;
  });
/** Which runs it has for which seeds of the first value, without those that it made. */
const takenBy = ({ trials }: SweepView): [number, number][] =>
  trials.filter(({ taken }) => taken).map(({ seed, number }) => [seed, number]);
const made = async ({ id }: SweepView): Promise<string[]> =>
  (await ada.get<Page<RunView>>(`runs?sweepId=${id}&limit=200`)).body.items
    .map(({ params, seed }) => `${params['rate']} ${seed}`)
    .sort();

it('seeds of the code that ran before are not run again, count, and stay when the sweep goes', async () => {
  await ran();
  const again = await ran();
  const one = await ran({ seed: 1, params: { rate: 0.5 }, target: { machineId: twin } });
  const sweep = await varied();
  expect(takenBy(sweep)).toEqual([
    [0, again.number],
    [1, one.number],
  ]);
  expect(await made(sweep)).toEqual(['0.5 2', '5 0', '5 1', '5 2']);
  expect(sweep).toMatchObject({
    progress: { runs: { done: 6, toCome: 0, total: 6 }, settings: { done: 2, total: 2 } },
    evidence: { baseline: { n: 3 }, effects: [{ from: 0.5, to: 5, n: 3, verdict: 'better' }] },
  });
  expect(sweep.trials.filter(({ setting }) => setting === 0).map(({ role }) => role)).toEqual(
    Array(3).fill('baseline'),
  );

  // Seeds that are added take what ran meanwhile.
  const four = await ran({ seed: 4 });
  await ada.post(`sweeps/${sweep.id}/extend`, { seeds: { add: 2 } });
  const extended = await ended(sweep.id);
  expect(takenBy(extended)).toEqual([...takenBy(sweep), [4, four.number]]);
  expect(await made(extended)).toEqual(['0.5 2', '0.5 3', '5 0', '5 1', '5 2', '5 3', '5 4']);
  expect(extended.evidence.effects).toMatchObject([{ n: 5 }]);

  // One that was deleted is missed, and made when the sweep goes on.
  await ada.delete(`runs/${four.id}`);
  expect((await ada.get<SweepView>(`sweeps/${sweep.id}`)).body.progress.runs).toMatchObject({ done: 9, toCome: 1 });
  await ada.post(`sweeps/${sweep.id}/extend`, { values: [0.1] });
  expect(await made(await ended(sweep.id))).toContain('0.5 4');

  // Another sweep of the code takes them all; run again it takes none.
  const second = await varied({ space: { rate: { values: [7] } } });
  expect(await made(second)).toEqual(['7 0', '7 1', '7 2']);
  const { body } = await ada.post<SweepView>(`sweeps/${second.id}/rerun`);
  const repeated = await ended(body.id);
  expect(takenBy(repeated)).toEqual([]);
  expect(await made(repeated)).toHaveLength(6);

  expect((await ada.delete(`sweeps/${second.id}`)).status).toBe(204);
  expect((await ada.get(`runs/${again.id}`)).status).toBe(200);
  expect((await ada.get<SweepView>(`sweeps/${sweep.id}`)).body.progress.runs).toMatchObject({ toCome: 0 });
});

it('a value in the base is looked for in place of that of the code', async () => {
  await ran();
  const one = await ran({ params: { rate: 1 } });
  const sweep = await varied({ seeds: 1, base: { params: { rate: 1 } } });
  expect(takenBy(sweep)).toEqual([[0, one.number]]);
  expect(await made(sweep)).toEqual(['5 0']);
});

it('a command is taken by its parameters', async () => {
  const command = 'python3 train.py';
  const start = async (rate: number): Promise<RunView> => {
    const { body } = await ada.post<RunView>('runs', { projectId, command, params: { rate } });
    return until('it is read', async () => {
      const run = (await ada.get<RunView>(`runs/${body.id}`)).body;
      return run.state === 'succeeded' && Object.keys(run.metrics).length > 0 ? run : null;
    });
  };
  await start(2);
  const { number } = await start(1);
  await start(3);
  const sweep = await varied({ file: undefined, command, seeds: 1, space: { rate: { values: [1, 5] } } });
  expect(takenBy(sweep)).toEqual([[0, number]]);
});

it.each<[string, Partial<CreateRun>]>([
  ['another value', { params: { rate: 5 } }],
  ['another argument', { args: ['--fast'] }],
  ['another environment', { env: { FAST: '1' } }],
  ['a parameter that reaches nothing', { params: { speed: 1 } }],
  ['no such number', { note: 'mute' }],
])('a run with %s is not taken', async (_what, more) => {
  await ran(more);
  expect(takenBy(await varied({ seeds: 1 }))).toEqual([]);
});

it('a run of other files is not taken, nor one whose program had another seed than it was given', async () => {
  await ran();
  await write(`seed = 7\n${SOURCE}`);
  await ran();
  expect(takenBy(await varied({ seeds: 1 }))).toEqual([]);
  await write(`seed = 8\n${SOURCE}`);
  const asked = await ran({ seed: 0 });
  expect(takenBy(await varied({ seeds: 2 }))).toEqual([[0, asked.number]]);
});

it('the machine has to be of the kind on which the sweep runs, and the same one for a time', async () => {
  await ada.patch(`machines/${other}`, { drain: false });
  const there = await ran({ target: { machineId: other } });
  const here = await ran({ target: { machineId: twin } });
  // It may run on machines of two kinds.
  expect(takenBy(await varied({ seeds: 1, space: { rate: { values: [6] } } }))).toEqual([]);
  expect(takenBy(await varied({ seeds: 1, target: { machineId: other } }))).toEqual([[0, there.number]]);
  await ada.patch(`machines/${other}`, { drain: true });
  const like = takenBy(await varied({ seeds: 1, target: { machineId: workers[0]?.machineId } }));
  expect(like).toHaveLength(1);
  const timed = { seeds: 1, goal: { metric: 'speed', direction: 'max' } };
  expect(takenBy(await varied({ ...timed, target: { machineId: twin } }))).toEqual([[0, here.number]]);
  expect(takenBy(await varied(timed))).toEqual([]);
});

it('a run that is taken costs nothing of the limit', async () => {
  const { number } = await ran({ target: { machineId: twin } });
  const instances = api.app.get<Connection>(getConnectionToken(), { strict: false }).collection('instances');
  const price = { compute: 3.6e9, address: 0, disk: 0, worst: 0 };
  await instances.insertOne({ machineId: twin, endedAt: null, price });
  const target = { machineId: workers[0]?.machineId };
  expect(takenBy(await varied({ seeds: 1, target, limits: { dollars: 0.5 } }))).toEqual([[0, number]]);
  await instances.deleteMany({ machineId: twin });
});
