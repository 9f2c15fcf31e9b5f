import {
  DEFAULT_QUOTAS,
  type Page,
  type Problem,
  type ProjectView,
  type Quotas,
  type RunView,
  type Usage,
} from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { MachinesRepository } from '../../src/machines/machines.repository.js';
import { Retention } from '../../src/runs/life/retention.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let bob: Client;
let away: string;
beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
  bob = await api.signUp('bob');
  away = await api.app
    .get(MachinesRepository, { strict: false })
    .create({ name: 'away', provider: 'joined', credentialHash: 'f'.repeat(64) });
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});
afterEach(() => set({}));

const set = (quotas: Partial<Quotas>): Promise<Quotas> =>
  ada.json('PUT', 'settings/quotas', { ...DEFAULT_QUOTAS, ...quotas });
const usage = (client: Client): Promise<Usage> => client.json('GET', 'usage');
const refusal = (code: string) => ({
  status: 409,
  body: { code, detail: expect.stringMatching(/[Dd]elete .*raise the limit/) },
});

async function project(client: Client): Promise<string> {
  const { id } = await client.createProject(`p${Math.random()}`);
  await client.putFile(id, 'run.py', 'print(1)\n');
  return id;
}
const start = (client: Client, projectId: string, more: object = {}) =>
  client.post<RunView & Problem>('runs', { projectId, file: 'run.py', target: { machineId: away }, ...more });
/** Makes a run that is over. */
async function stopped(projectId: string, more: object = {}): Promise<RunView> {
  const { status, body } = await start(bob, projectId, more);
  expect(status).toBe(201);
  return bob.stopRun(body.id);
}

describe('quotas', () => {
  it('are the administrators’ to set, and all may read them', async () => {
    expect(await bob.json('GET', 'settings/quotas')).toEqual(DEFAULT_QUOTAS);
    expect((await bob.put('settings/quotas', DEFAULT_QUOTAS)).status).toBe(403);
    expect((await ada.put('settings/quotas', { ...DEFAULT_QUOTAS, runs: 0 })).status).toBe(400);
    expect(await set({ projects: 7 })).toMatchObject({ projects: 7 });
  });

  it('hold for projects, and leave who is above with what there is', async () => {
    await project(bob);
    await project(bob);
    const { projects } = await usage(bob);
    await set({ projects: projects - 1 });
    expect(await bob.post('projects', { name: 'one more' })).toMatchObject(refusal('quota.projects'));
    expect((await usage(bob)).projects).toBe(projects);
    await set({ projects: projects + 1 });
    expect((await bob.post('projects', { name: 'one more' })).status).toBe(201);
    expect((await bob.post('projects', { name: 'and more' })).status).toBe(409);
  });

  it('hold for runs, also where many are asked for at once', async () => {
    const projectId = await project(bob);
    const { runs } = await usage(bob);
    await set({ runs: runs + 3 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => start(bob, projectId)));
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(made.length).toBeLessThanOrEqual(3);
    while ((await usage(bob)).runs < runs + 3) made.push((await start(bob, projectId)).body.id);
    expect(made).toHaveLength(3);
    expect(await start(bob, projectId)).toMatchObject(refusal('quota.runs'));
    const [first] = made;
    expect((await bob.post(`runs/${first}/rerun`)).status).toBe(409);
    // What could not be made counts nothing.
    expect((await start(bob, projectId, { file: 'absent.py' })).status).not.toBe(201);
    await bob.stopRun(first ?? '');
    await bob.good('DELETE', `runs/${first}`);
    expect((await start(bob, projectId)).status).toBe(201);
    expect((await start(bob, projectId)).status).toBe(409);
    // Another user has a quota too.
    expect((await start(ada, await project(ada))).status).toBe(201);
  });

  it('hold for bytes', async () => {
    const projectId = await project(bob);
    const { fileBytes, runBytes } = await usage(bob);
    await set({ bytes: fileBytes + runBytes + 1000 });
    const put = (name: string, bytes: number) => bob.put(`projects/${projectId}/files/${name}`, 'x'.repeat(bytes));
    expect((await put('a', 600)).status).toBe(201);
    expect((await usage(bob)).fileBytes).toBe(fileBytes + 600);
    expect(await put('b', 600)).toMatchObject(refusal('quota.bytes'));
    expect((await put('a', 1000)).status).toBe(200);
    expect(await put('c', 1)).toMatchObject(refusal('quota.bytes'));
    expect((await bob.post('projects', { projectId })).status).toBe(409);
    expect(await start(bob, projectId)).toMatchObject(refusal('quota.bytes'));
    // A file may become smaller at any time.
    expect((await put('a', 10)).status).toBe(200);
    expect((await start(bob, projectId)).status).toBe(201);
    await bob.good('DELETE', `projects/${projectId}/files/a`);
    await until('the deletion counts', async () => (await usage(bob)).fileBytes === fileBytes);
  });

  it('are counted right where two servers count at once', async () => {
    const kept = async (): Promise<Usage> => {
      const { items } = await bob.json<{ items: ProjectView[] }>('GET', 'projects');
      const files = await Promise.all(items.map(async ({ id }) => (await bob.files(id)).items));
      const fileBytes = files.flat().reduce((sum, { size }) => sum + size, 0);
      const runs = (await bob.json<Page<RunView>>('GET', 'runs?limit=100')).items.length;
      return { projects: items.length, runs, fileBytes, runBytes: 0 };
    };
    const replica = await startApi(parts);
    const there = replica.visitor();
    there.cookie = bob.cookie;
    const [mine, other] = [await project(bob), await project(bob)];
    await Promise.all([bob.good('DELETE', `projects/${mine}`), there.good('DELETE', `projects/${other}`)]);
    const expected = JSON.stringify(Object.entries(await kept()).sort());
    const counted = async (): Promise<boolean> => JSON.stringify(Object.entries(await usage(bob)).sort()) === expected;
    await until('both have counted', counted);
    await replica.close();
    expect(await counted()).toBe(true);
  });
});

describe('retention', () => {
  it('removes nothing unless it is set, and then the oldest runs without a tag', async () => {
    const work = (): Promise<void> => api.app.get(Retention, { strict: false }).work();
    const there = (runs: RunView[]): Promise<number[]> =>
      Promise.all(runs.map(async ({ id }) => (await bob.get(`runs/${id}`)).status));
    const projectId = await project(bob);
    const tagged = await stopped(projectId, { tags: ['paper'] });
    const { body: waiting } = await start(bob, projectId);
    const old = [await stopped(projectId), await stopped(projectId)];
    const young = [await stopped(projectId), await stopped(projectId)];
    const all = [tagged, waiting, ...old, ...young];
    await work();
    expect(await there(all)).toEqual([200, 200, 200, 200, 200, 200]);
    await set({ keepRuns: 2 });
    await work();
    expect(await there(all)).toEqual([200, 200, 404, 404, 200, 200]);
    // Those that are left take nothing.
    await set({ keepRunBytes: 1 });
    await work();
    expect(await there(young)).toEqual([200, 200]);
  });
});
