import type { Evidence, ProjectView, RunView } from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker } from '../fake-worker.js';
import { trained } from './trained.js';

const SOURCE = 'rate = 0.5\nbatch = 32\nprint(rate, batch)\n';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let worker: FakeWorker;
let projectId: string;

beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
  worker = await FakeWorker.join(api, parts, 'evidence');
  projectId = (await ada.post<ProjectView>('projects', { name: 'p' })).body.id;
  await ada.put(`projects/${projectId}/files/train.py`, SOURCE);
});
afterAll(async () => {
  await worker?.close();
  await api?.close();
  await parts?.stop();
});

/** Runs that printed these numbers, one of each seed; answers their ids. */
async function ran(numbers: readonly string[], request: object = {}): Promise<string[]> {
  const ids: string[] = [];
  for (const [seed, number] of numbers.entries()) {
    const target = { machineId: worker.machineId };
    const { body } = await ada.post<RunView>('runs', { projectId, file: 'train.py', target, seed, ...request });
    const ref = { runId: body.id, attempt: 1 };
    await worker.specOf(ref);
    await trained(worker, ref, [`epoch 1 loss 1.5 accuracy 0.1`, `epoch 2 loss 1.0 accuracy ${number}`]);
    ids.push(body.id);
  }
  await until('the numbers are read', async () => {
    const views = await Promise.all(ids.map(async (id) => (await ada.get<RunView>(`runs/${id}`)).body));
    return views.every(({ metrics }) => metrics['accuracy']?.step === 2) || null;
  });
  return ids;
}
const evidence = (ids: readonly string[], more = '&metric=accuracy') =>
  ada.get<Evidence>(`runs/evidence?ids=${ids.join(',')}${more}`);

it('any runs are grouped by what differs, paired by seed and judged', async () => {
  const before = await ran(['0.93', '0.94', '0.95']);
  const lower = await ran(['0.85', '0.85', '0.87'], { params: { rate: 0.05 } });
  const both = await ran(['0.5', '0.51'], { params: { rate: 5, batch: 64 } });
  // A parameter of the request and the same literal in the file are one setting.
  await ada.put(`projects/${projectId}/files/train.py`, SOURCE.replace('0.5', '0.05'));
  const edited = await ran(['0.85', '0.86', '0.86', '0.87']);
  await ada.put(`projects/${projectId}/files/train.py`, `${SOURCE}print(1)\n`);
  const rewritten = await ran(['0.94']);
  await ada.put(`projects/${projectId}/files/train.py`, SOURCE);

  const { status, body } = await evidence([...before, ...lower]);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    direction: 'max',
    at: 'last',
    baseline: { value: expect.closeTo(0.94), n: 3 },
    effects: [{ knob: 'rate', from: 0.5, to: 0.05, n: 3, verdict: 'worse', differs: [] }],
    usesSeed: true,
    sentence: 'rate 0.5 → 0.05: accuracy −8.3 ± 1.4 points over 3 seeds; nothing else differs.',
  });
  expect((await evidence([...before, ...edited])).body.sentence).toBe(
    'rate 0.5 → 0.05: accuracy −8.3 ± 1.4 points over 3 seeds; nothing else differs.',
  );
  expect((await evidence([...before, ...both])).body.effects).toMatchObject([
    { knob: 'rate', to: 5, verdict: 'confounded', differs: ['batch'] },
  ]);
  expect((await evidence([...before, ...rewritten])).body.effects).toMatchObject([
    { knob: '', verdict: 'confounded', differs: ['code train.py'] },
  ]);
  // The first run names the baseline, whatever the order of the others.
  expect((await evidence([...lower, ...before])).body.effects).toMatchObject([
    { knob: 'rate', from: 0.05, to: 0.5, verdict: 'better' },
  ]);
});

it('the metric and which way is better are asked for, or follow from the names', async () => {
  const ids = [...(await ran(['0.9', '0.91'])), ...(await ran(['0.9', '0.92'], { params: { rate: 1 } }))];
  expect((await evidence(ids, '')).body).toMatchObject({ metric: 'loss', direction: 'min' });
  expect((await evidence(ids, '&metric=accuracy&direction=min&at=best')).body).toMatchObject({
    direction: 'min',
    baseline: { value: expect.closeTo(0.1), n: 2 },
  });
  expect(await evidence(ids, '&metric=zeal')).toMatchObject({ status: 400, body: { code: 'evidence.direction' } });
});

it('what is not there, and what belongs to another, is not found', async () => {
  const ids = await ran(['0.9', '0.91']);
  expect((await evidence([...ids, '0123456789abcdef01234567'])).status).toBe(404);
  const bob = await api.signUp('bob');
  expect((await bob.get(`runs/evidence?ids=${ids.join(',')}`)).status).toBe(404);
  expect(await evidence(ids.slice(1))).toMatchObject({ status: 400 });
});
