import type { ProjectView, RunDiff, RunView } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker } from '../fake-worker.js';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let worker: FakeWorker;
let projectId: string;

beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
  worker = await FakeWorker.join(api, parts, 'diff');
  projectId = (await ada.post<ProjectView>('projects', { name: 'p' })).body.id;
});
afterAll(async () => {
  await worker?.close();
  await api?.close();
  await parts?.stop();
});

async function ran(more: object = {}): Promise<RunView> {
  const request = { projectId, file: 'train.py', target: { machineId: worker.machineId }, ...more };
  const { body: run } = await ada.post<RunView>('runs', request);
  const ref = { runId: run.id, attempt: run.attempt };
  await worker.specOf(ref);
  await worker.finish(ref);
  return run;
}

it('tells in what two runs differ, and shows the code of both', async () => {
  const [first, second] = ['rate = 0.5\nprint(rate)\n', 'rate = 0.5\nprint(rate, 1)\n'];
  await ada.put(`projects/${projectId}/files/train.py`, first);
  const a = await ran();
  await ada.put(`projects/${projectId}/files/train.py`, second);
  const b = await ran({ params: { rate: 1.6 }, seed: 7 });

  const { status, body } = await ada.get<RunDiff>(`runs/diff?a=${a.id}&b=${b.id}`);
  expect(status).toBe(200);
  expect(body.changes).toEqual([
    { kind: 'knob', name: 'rate', from: 0.5, to: 1.6 },
    { kind: 'seed', name: 'seed', from: a.seed, to: 7 },
    { kind: 'code', name: 'train.py', from: null, to: null, added: 1, removed: 1 },
  ]);
  expect(body.files).toEqual([
    { path: 'train.py', kind: 'changed', added: 1, removed: 1, texts: { a: first, b: second } },
  ]);
  expect(body.outcome).toMatchObject({ a: { number: a.number }, b: { number: b.number } });

  const same = await ada.get<RunDiff>(`runs/diff?a=${a.id}&b=${a.id}`);
  expect(same.body).toMatchObject({ changes: [], files: [], moreFiles: 0 });
});

it('compares no run of somebody else', async () => {
  const mine = await ran();
  const bea = await api.signUp('bea');
  expect((await bea.get(`runs/diff?a=${mine.id}&b=${mine.id}`)).status).toBe(404);
  expect((await ada.get(`runs/diff?a=${mine.id}`)).status).toBe(400);
});
