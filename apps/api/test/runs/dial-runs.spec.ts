import type { Page, ProjectView, RunView } from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
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
  worker = await FakeWorker.join(api, parts, 'dial');
  projectId = (await ada.post<ProjectView>('projects', { name: 'p' })).body.id;
  await ada.put(`projects/${projectId}/files/train.py`, 'rate = 0.5\n');
});
afterAll(async () => {
  await worker?.close();
  await api?.close();
  await parts?.stop();
});

async function ran(more: object = {}): Promise<RunView> {
  const target = { machineId: worker.machineId };
  const { status, body } = await ada.post<RunView>('runs', { projectId, file: 'train.py', target, ...more });
  expect(status).toBe(201);
  const ref = { runId: body.id, attempt: 1 };
  await worker.specOf(ref);
  await worker.running(ref);
  await worker.finish(ref);
  return (await ada.get<RunView>(`runs/${body.id}`)).body;
}
const numbers = async (query = ''): Promise<number[]> =>
  (await ada.get<Page<RunView>>(`runs?projectId=${projectId}${query}`)).body.items.map(({ number }) => number);

it('of the runs while a knob is turned the last ten are kept, and none is the run before another', async () => {
  const first = await ran();
  for (let n = 0; n < 12; n++) expect((await ran({ role: 'dial' })).before).toEqual({ id: first.id, number: 1 });
  // The oldest went while later ones were made.
  await until('the first dials are gone', async () => (await numbers()).length <= 11 || null);
  expect(await numbers()).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 1]);
  const last = await ran();
  expect(last).toMatchObject({ role: null, sweepId: null, before: { number: 1 } });
  expect(await numbers('&folded=true')).toEqual([14, 13, 1]);
  expect(await numbers('&role=dial&file=train.py')).toHaveLength(10);
  expect(await ada.post('runs', { projectId, file: 'train.py', role: 'trial' })).toMatchObject({ status: 400 });
});
