import type { KnobList, MachineView, Problem, ProjectView, RunView, StoppedRuns } from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { MachinesRepository } from '../../src/machines/machines.repository.js';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker } from '../fake-worker.js';

let parts: Parts;
let api: ApiUnderTest;
let replica: ApiUnderTest;
let ada: Client;
let projectId: string;
let away: string;

beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  replica = await startApi(parts);
  ada = await api.signUp('ada');
  projectId = (await ada.post<ProjectView>('/api/v1/projects', { name: 'p' })).body.id;
  await ada.put(`/api/v1/projects/${projectId}/files/run.py`, 'print(1)\n');
  away = await api.app
    .get(MachinesRepository, { strict: false })
    .create({ name: 'away', provider: 'joined', credentialHash: 'f'.repeat(64) });
});
afterAll(async () => {
  await replica?.close();
  await api?.close();
  await parts?.stop();
});

const wanted = (more: object = {}) => ({ projectId, file: 'run.py', target: { machineId: away }, ...more });
async function start(more: object = {}): Promise<RunView> {
  const { status, body } = await ada.post<RunView>('/api/v1/runs', wanted(more));
  expect(status).toBe(201);
  return body;
}

describe('the Idempotency-Key', () => {
  it('makes one run of requests that come to two servers at once', async () => {
    const there = replica.visitor();
    there.cookie = ada.cookie;
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        (i % 2 === 0 ? ada : there).post<RunView>('/api/v1/runs', wanted(), { 'idempotency-key': 'together' }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const { body } = await ada.get<{ items: RunView[] }>('/api/v1/runs');
    expect(body.items).toHaveLength(1);
  });

  it('is for one request only, a rerun among them', async () => {
    const key = { 'idempotency-key': 'again' };
    const run = await start();
    const path = `/api/v1/runs/${run.id}/rerun`;
    const { body } = await ada.post<RunView>(path, undefined, key);
    expect((await ada.post<RunView>(path, { files: 'snapshot' }, key)).body.id).toBe(body.id);
    expect(await ada.post<Problem>(path, { files: 'current' }, key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency.reused' },
    });
    expect(await ada.post<Problem>('/api/v1/runs', wanted(), key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency.reused' },
    });
  });
});

describe('a run', () => {
  it('is made with one read of its project', async () => {
    await start();
    const connection = api.app.get<Connection>(getConnectionToken(), { strict: false });
    const queries: string[] = [];
    connection.set('debug', (collection: string, method: string) => queries.push(`${collection}.${method}`));
    await start();
    connection.set('debug', false);
    const ofProject = queries.filter((query) => /^(projects|files|snapshots)\./.test(query)).sort();
    expect(ofProject).toEqual(['files.findOne', 'projects.findOne', 'projects.findOneAndUpdate', 'snapshots.findOne']);
  });

  it('of a file that the project does not have is not made', async () => {
    const { status, body } = await ada.post<Problem>('/api/v1/runs', wanted({ file: 'none.py' }));
    expect([status, body.code]).toEqual([404, 'file.not_found']);
  });
});

describe('a rerun', () => {
  it('takes the snapshot of the run, or the files as they are now', async () => {
    const run = await start({ params: { lr: 0.1 }, tags: ['first'], note: 'mine', seed: 7, priority: 3 });
    await ada.put(`/api/v1/projects/${projectId}/files/run.py`, 'print(2)\n');
    const { body: same } = await ada.post<RunView>(`/api/v1/runs/${run.id}/rerun`);
    const { body: today } = await ada.post<RunView>(`/api/v1/runs/${run.id}/rerun`, { files: 'current' });
    const asked = {
      params: { lr: 0.1 },
      tags: [],
      note: '',
      seed: 7,
      priority: 3,
      target: { machineId: away },
      state: 'queued',
    };
    expect(same).toMatchObject({ ...asked, snapshotId: run.snapshotId });
    const { body: seeded } = await ada.post<RunView>(`/api/v1/runs/${run.id}/rerun`, { seed: 8 });
    expect(seeded).toMatchObject({ ...asked, seed: 8, snapshotId: run.snapshotId });
    expect(today).toMatchObject({ ...asked, snapshotId: (await start()).snapshotId });
    expect(today.snapshotId).not.toBe(run.snapshotId);
    expect(await ada.post<Problem>(`/api/v1/runs/${run.id}/rerun`, { files: 'tomorrow' })).toMatchObject({
      status: 400,
    });
  });

  it('with the files as they are now is refused when its file is gone', async () => {
    await ada.put(`/api/v1/projects/${projectId}/files/gone.py`, 'print(3)\n');
    const run = await start({ file: 'gone.py' });
    await ada.delete(`/api/v1/projects/${projectId}/files/gone.py`);
    expect((await ada.post(`/api/v1/runs/${run.id}/rerun`, { files: 'current' })).status).toBe(404);
    expect((await ada.post(`/api/v1/runs/${run.id}/rerun`, { files: 'snapshot' })).status).toBe(201);
  });
});

describe('the run before', () => {
  it('is the last of its file that had ended when it started, whatever ends or is deleted later', async () => {
    const worker = await FakeWorker.join(api, parts, 'compared');
    await ada.patch(`/api/v1/machines/${worker.machineId}`, { slots: 4 });
    await ada.put(`/api/v1/projects/${projectId}/files/compared.py`, 'print(1)\n');
    const queue = (params: object, file = 'compared.py') =>
      start({ file, params, target: { machineId: worker.machineId } });
    const ref = ({ id }: RunView) => ({ runId: id, attempt: 1 });
    const read = async ({ id }: RunView) => (await ada.get<RunView>(`/api/v1/runs/${id}`)).body;
    const begin = async (run: RunView): Promise<RunView> => {
      expect(await worker.claim(ref(run))).toBe(true);
      await worker.running(ref(run));
      return read(run);
    };

    const [first, beside, third, fourth] = [
      await queue({ lr: 1 }),
      await queue({ lr: 2 }),
      await queue({ lr: 3 }),
      await queue({}),
    ];
    const other = await queue({}, 'run.py');
    expect(first).not.toHaveProperty('before');
    expect(await begin(first)).toMatchObject({ state: 'running', before: null, changes: [] });
    expect(await begin(beside)).toMatchObject({ before: null });
    await worker.finish(ref(first));
    const asked = {
      before: { id: first.id, number: first.number },
      changes: [{ kind: 'param', name: 'lr', from: 1, to: 3 }],
    };
    expect(await begin(third)).toMatchObject(asked);
    await worker.finish(ref(beside));
    expect(await begin(fourth)).toMatchObject({
      before: { id: beside.id },
      changes: [{ name: 'lr', from: 2, to: null }],
    });
    expect((await begin(other)).before).toBeNull();
    for (const run of [third, fourth, other]) await worker.finish(ref(run));
    await ada.delete(`/api/v1/runs/${first.id}`);
    expect(await read(third)).toMatchObject(asked);
    const { body } = await ada.get<{ items: RunView[] }>('/api/v1/runs?limit=10');
    expect(body.items.find(({ id }) => id === third.id)).toMatchObject(asked);
    await worker.close();
  });

  it('differs in knobs and in lines, read from the programs themselves', async () => {
    const worker = await FakeWorker.join(api, parts, 'read');
    const write = (path: string, text: string) => ada.put(`/api/v1/projects/${projectId}/files/${path}`, text);
    const run = async (file: string, params: object = {}) => {
      const begun = await start({ file, params, target: { machineId: worker.machineId } });
      expect(await worker.claim({ runId: begun.id, attempt: 1 })).toBe(true);
      await worker.running({ runId: begun.id, attempt: 1 });
      const known = await until('its program was read', async () => {
        const { body } = await ada.get<RunView>(`/api/v1/runs/${begun.id}`);
        return Object.keys(body.knobs).length > 0 ? body : null;
      });
      await worker.finish({ runId: begun.id, attempt: 1 });
      return known;
    };
    await write('net.py', 'width = 3\n');
    await write('knobs.py', 'import net\nlearning_rate = 0.5\nactivation = "tanh"  # or "relu"\n');
    expect(await run('knobs.py')).toMatchObject({
      before: null,
      knobs: { learning_rate: 0.5, activation: 'tanh' },
      changes: [],
    });
    await write('net.py', 'width = 4\nheight = 2\n');
    await write('knobs.py', 'import net\nlearning_rate = 1.6\nactivation = "tanh"  # or "relu"\n');
    const code = { kind: 'code', name: 'net.py', added: 2, removed: 1 };
    const rate = (from: number, to: number) => ({ kind: 'knob', name: 'learning_rate', from, to });
    expect(await run('knobs.py')).toMatchObject({ knobs: { learning_rate: 1.6 }, changes: [rate(0.5, 1.6), code] });
    // Whether a knob is turned in the file or by a parameter is the same.
    expect(await run('knobs.py', { learning_rate: 0.001 })).toMatchObject({
      knobs: { learning_rate: 0.001 },
      changes: [rate(1.6, 0.001)],
    });
    await worker.close();

    const knobs = await ada.get<KnobList>(`/api/v1/projects/${projectId}/knobs?file=knobs.py`);
    expect(knobs.body.items).toMatchObject([
      { name: 'learning_rate', kind: 'number', value: 1.6, line: 2, how: 'constant', scale: 'log' },
      { name: 'activation', kind: 'choice', value: 'tanh', line: 3, suggest: ['tanh', 'relu'] },
    ]);
    expect((await ada.get(`/api/v1/projects/${projectId}/knobs?file=none.py`)).status).toBe(404);
    expect((await ada.get(`/api/v1/projects/${projectId}/knobs`)).status).toBe(400);
  });

  it('is found in one look, however many wait or were run', async () => {
    const connection = api.app.get<Connection>(getConnectionToken(), { strict: false });
    const plan = await connection
      .collection('runs')
      .find({ projectId, file: 'run.py', state: { $in: ['succeeded', 'failed', 'stopped', 'timed_out', 'lost'] } })
      .sort({ number: -1 })
      .limit(1)
      .explain();
    expect(JSON.stringify(plan)).toContain('projectId_1_file_1_state_1_number_-1');
    expect(JSON.stringify(plan)).not.toContain('"SORT"');
  });
});

describe('stopping many runs', () => {
  it('tells of each what became of it', async () => {
    const [first, second] = [await start(), await start()];
    const bob = await api.signUp('bob');
    const { body: project } = await bob.post<ProjectView>('/api/v1/projects', { name: 'his' });
    await bob.put(`/api/v1/projects/${project.id}/files/run.py`, 'print(1)\n');
    const his = (await bob.post<RunView>('/api/v1/runs', wanted({ projectId: project.id }))).body;
    const { status, body } = await ada.post<StoppedRuns>('/api/v1/runs/stop', {
      ids: [first.id, his.id, second.id, first.id],
    });
    expect(status).toBe(200);
    expect(body.items).toEqual([
      { id: first.id, run: expect.objectContaining({ state: 'stopped', reason: 'stopped by the user' }) },
      { id: his.id, problem: { status: 404, code: 'run.not_found', detail: 'There is no such run.' } },
      { id: second.id, run: expect.objectContaining({ state: 'stopped' }) },
    ]);
    expect((await bob.get<RunView>(`/api/v1/runs/${his.id}`)).body.state).toBe('queued');
    expect((await ada.post('/api/v1/runs/stop', { ids: [] })).status).toBe(400);
  });
});

describe('tags and notes', () => {
  it('are checked, and a tag is kept once', async () => {
    const run = await start();
    const path = `/api/v1/runs/${run.id}`;
    expect((await ada.patch<RunView>(path, { tags: [' a ', 'b', 'a'], note: 'better' })).body).toMatchObject({
      tags: ['a', 'b'],
      note: 'better',
    });
    for (const bad of [{ tags: [''] }, { tags: ['a\nb'] }, { tags: ['x'.repeat(41)] }, { note: 'a\0b' }])
      expect((await ada.patch(path, bad)).status).toBe(400);
    const { body } = await ada.get<{ items: RunView[] }>('/api/v1/runs?tag=b');
    expect(body.items.map(({ id }) => id)).toEqual([run.id]);
  });
});

describe('a worker of another version than the server', () => {
  it('is told of with the way to update it', async () => {
    const [old, same] = [await FakeWorker.join(api, parts, 'old'), await FakeWorker.join(api, parts, 'same')];
    await old.close();
    const back = await FakeWorker.dial(api, parts, { credential: old.credential }, { version: '0.0.9' });
    const machine = async ({ machineId }: FakeWorker) =>
      (await ada.get<MachineView>(`/api/v1/machines/${machineId}`)).body;
    expect((await machine(same)).outdated).toBeNull();
    expect((await machine(back)).outdated).toMatch(
      /^Its worker is of version 0\.0\.9 and the server of version .*download the worker again from \/worker\/worker\.mjs/,
    );
    await Promise.all([back.close(), same.close()]);
  });
});
