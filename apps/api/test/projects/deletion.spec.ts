import type { Page, ProjectView, RunView } from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import { type Connection, Types } from 'mongoose';
import { MachinesRepository } from '../../src/machines/machines.repository.js';
import { DeliveriesService } from '../../src/machines/queue/deliveries.service.js';
import { BlobCollectorService } from '../../src/platform/blobs/blob-collector.service.js';
import { BlobsService } from '../../src/platform/blobs/blobs.service.js';
import { type ApiUnderTest, startApi } from '../api.js';
import { copyRun } from '../load/many.js';

/** Collections that hold what runs left. */
const OF_RUNS = ['output_chunks', 'metric_chunks', 'artifacts', 'leftovers', 'resource_records'];

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let away: string;

beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
  away = await api.app
    .get(MachinesRepository, { strict: false })
    .create({ name: 'away', provider: 'joined', credentialHash: 'f'.repeat(64) });
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
});

const connection = () => api.app.get<Connection>(getConnectionToken(), { strict: false });

async function create(name: string): Promise<{ projectId: string; run: RunView }> {
  const projectId = (await ada.post<ProjectView>('projects', { name })).body.id;
  await ada.put(`projects/${projectId}/files/run.py`, `print(${JSON.stringify(name)})\n`);
  return { projectId, run: await start(projectId) };
}
const start = async (projectId: string): Promise<RunView> =>
  (await ada.post<RunView>('runs', { projectId, file: 'run.py', target: { machineId: away } })).body;

/** What the database still holds of the project, by collection. */
async function left(projectId: string, runIds: readonly string[]): Promise<Record<string, number>> {
  const count = (name: string, filter: object) => connection().collection(name).countDocuments(filter);
  const _id = new Types.ObjectId(projectId);
  const counts = {
    projects: await count('projects', { _id }),
    files: await count('files', { projectId: _id }),
    snapshots: await count('snapshots', { projectId: _id }),
    runs: await count('runs', { projectId }),
  };
  const ofRuns = await Promise.all(
    OF_RUNS.map(async (name) => [name, await count(name, { runId: { $in: runIds } })] as const),
  );
  return Object.fromEntries([...Object.entries(counts), ...ofRuns].filter(([, n]) => n > 0));
}
const gone = (projectId: string, runIds: readonly string[] = []) =>
  until('nothing is left', async () => Object.keys(await left(projectId, runIds)).length === 0);

/** One record of each kind that a run leaves. */
async function leave(runId: string): Promise<void> {
  for (const name of OF_RUNS) await connection().collection(name).insertOne({ runId, attempt: 1, from: 0, path: 'a' });
}

describe('a project that is deleted', () => {
  it('is gone with the answer, its runs too, and leaves its name', async () => {
    const { projectId, run } = await create('big');
    await copyRun(connection(), run, 1_000, () => ({ state: 'stopped' }));
    const kept = await create('kept');
    expect((await ada.delete(`projects/${projectId}`)).status).toBe(204);
    const [runs, one, files, again] = await Promise.all([
      ada.get<Page<RunView>>('runs?limit=100'),
      ada.get(`runs/${run.id}`),
      ada.get(`projects/${projectId}/files`),
      ada.post('projects', { name: 'big' }),
    ]);
    expect(runs.body.items.map(({ id }) => id)).toEqual([kept.run.id]);
    expect((await ada.get<Page<RunView>>(`runs?projectId=${projectId}`)).body.items).toEqual([]);
    expect([one.status, files.status, again.status]).toEqual([404, 404, 201]);
    expect((await ada.patch(`runs/${run.id}`, { note: 'x' })).status).toBe(404);
    expect((await ada.delete(`projects/${projectId}`)).status).toBe(404);
  });

  it('leaves nothing in the database, nor blobs', async () => {
    const { projectId, run } = await create('whole');
    const ended = await start(projectId);
    await connection()
      .collection('runs')
      .updateOne({ _id: new Types.ObjectId(ended.id) }, { $set: { state: 'succeeded' } });
    const runIds = [run.id, ended.id];
    for (const id of runIds) await leave(id);
    expect(Object.keys(await left(projectId, runIds)).sort()).toEqual(
      ['files', 'projects', 'runs', 'snapshots', ...OF_RUNS].sort(),
    );
    await ada.delete(`projects/${projectId}`);
    await gone(projectId, runIds);
    const blobs = api.app.get(BlobsService, { strict: false });
    expect(await blobs.size(run.snapshotId)).not.toBeNull();
    await api.app.get(BlobCollectorService, { strict: false }).collect(-1);
    expect(await blobs.size(run.snapshotId)).toBeNull();
  });

  it('takes the deliveries of its waiting runs back', async () => {
    const { projectId, run } = await create('waiting');
    const deliveries = api.app.get(DeliveriesService, { strict: false });
    expect(await deliveries.exists(away, { runId: run.id, attempt: 1 })).toBe(true);
    await ada.delete(`projects/${projectId}`);
    await gone(projectId);
    expect(await deliveries.exists(away, { runId: run.id, attempt: 1 })).toBe(false);
  });

  it('goes on to go when the server that was at it has died', async () => {
    const { projectId, run } = await create('half');
    await leave(run.id);
    // As a process leaves it that dies right after its promise, and one that dies later.
    await connection()
      .collection('deleted_projects')
      .insertOne({ _id: new Types.ObjectId(projectId), ownerId: ada.userId, deletedAt: new Date() });
    const next = await startApi(parts);
    await gone(projectId, [run.id]);
    await next.close();
  });

  it('loses what a late request wrote', async () => {
    const { projectId, run } = await create('late');
    await ada.delete(`projects/${projectId}`);
    await gone(projectId);
    const marks = connection().collection('deleted_projects');
    const _id = new Types.ObjectId(projectId);
    await marks.updateOne({ _id }, { $set: { deletedAt: new Date(Date.now() - 3_600_000) } });
    await connection().collection('runs').insertOne({ projectId, ownerId: ada.userId, number: 7, state: 'stopped' });
    await leave(run.id);
    const next = await startApi(parts);
    await until('the mark is gone', async () => (await marks.countDocuments({ _id })) === 0);
    expect(await left(projectId, [])).toEqual({});
    await next.close();
  });
});
