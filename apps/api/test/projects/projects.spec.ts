import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileList, Problem, ProjectView } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { ProjectsService } from '../../src/projects/projects.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let bob: Client;
let examplesDir: string;
beforeAll(async () => {
  examplesDir = mkdtempSync(join(tmpdir(), 'mle-examples-'));
  const sample = join(examplesDir, 'first-training');
  mkdirSync(join(sample, 'data'), { recursive: true });
  writeFileSync(
    join(sample, 'example.json'),
    JSON.stringify({ title: 'First training', summary: 'A line through points.', entry: 'train.py' }),
  );
  writeFileSync(join(sample, 'train.py'), 'print("loss: 0.5")\n');
  writeFileSync(join(sample, 'data/points.csv'), 'x,y\n1,2\n');
  cpSync(sample, join(examplesDir, 'first-training-js'), { recursive: true });
  mkdirSync(join(examplesDir, 'broken'));
  writeFileSync(join(examplesDir, 'broken/example.json'), '{');
  parts = await startParts();
  api = await startApi(parts, { examplesDir });
  ada = await api.signUp('ada');
  bob = await api.signUp('bob');
});
afterAll(async () => {
  await api?.close();
  await parts?.stop();
  rmSync(examplesDir, { recursive: true, force: true });
});

const create = (client: Client, body: object) => client.post<ProjectView & Problem>('/api/v1/projects', body);
const names = async (client: Client) =>
  (await client.get<{ items: ProjectView[] }>('/api/v1/projects')).body.items.map(({ name }) => name);

describe('projects', () => {
  it('have names that are unique for their owner', async () => {
    const { status, body } = await create(ada, { name: '  one ' });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        name: 'one',
        ownerId: ada.userId,
        revision: 0,
        settings: { command: null, image: null, setup: 'auto' },
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
        notices: [],
      },
    });
    expect(await create(ada, { name: 'one' })).toMatchObject({ status: 409, body: { code: 'project.name_taken' } });
    expect((await create(bob, { name: 'one' })).status).toBe(201);
    const two = await create(ada, { name: 'two' });
    expect(await ada.patch(`/api/v1/projects/${two.body.id}`, { name: 'one' })).toMatchObject({ status: 409 });
    expect((await ada.patch(`/api/v1/projects/${two.body.id}`, { name: 'deux' })).body).toMatchObject({ name: 'deux' });
    expect(await names(ada)).toEqual(['deux', 'one']);
  });

  it.each<object>([
    {},
    { name: '' },
    { name: 'a\nb' },
    { name: 'x'.repeat(81) },
    { name: 'a', other: 1 },
    { list: [] },
    { projectId: '../x' },
  ])('are not made from %j', async (body) => {
    expect(await create(ada, body)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  it('say how their files are run', async () => {
    const { body } = await create(ada, { name: 'settings' });
    const url = `/api/v1/projects/${body.id}`;
    const changed = await ada.patch<ProjectView>(url, {
      settings: { command: ' python train.py --lr {lr} ', setup: 'off' },
    });
    expect(changed.body).toMatchObject({
      name: 'settings',
      settings: { command: 'python train.py --lr {lr}', image: null, setup: 'off' },
    });
    await ada.patch(url, { settings: { image: 'registry.example:5000/ml/torch:2@sha256:ab' } });
    expect((await ada.get<ProjectView>(url)).body.settings).toEqual({
      command: 'python train.py --lr {lr}',
      image: 'registry.example:5000/ml/torch:2@sha256:ab',
      setup: 'off',
    });
    expect((await create(ada, { projectId: body.id, name: 'copy of settings' })).body.settings).toEqual(
      (await ada.get<ProjectView>(url)).body.settings,
    );
    expect((await ada.patch<ProjectView>(url, { settings: { command: null, image: null } })).body.settings).toEqual({
      command: null,
      image: null,
      setup: 'off',
    });
    // As an earlier version left them.
    await api.app
      .get<Connection>(getConnectionToken(), { strict: false })
      .collection('projects')
      .updateOne({ name: 'settings' }, { $unset: { settings: '' } });
    expect((await ada.patch<ProjectView>(url, { settings: { setup: 'off' } })).body.settings).toEqual({
      command: null,
      image: null,
      setup: 'off',
    });
  });

  it.each<[object, string]>([
    [{ command: '  ' }, 'settings.command'],
    [{ command: 'echo ${HOME' }, 'settings.command'],
    [{ image: '--privileged' }, 'settings.image'],
    [{ image: 'a b' }, 'settings.image'],
    [{ setup: 'never' }, 'settings.setup'],
    [{ shell: 'fish' }, 'settings'],
  ])('are not run by %j', async (settings, path) => {
    const { body } = await create(ada, { name: `bad settings ${Math.random()}` });
    expect(await ada.patch(`/api/v1/projects/${body.id}`, { settings })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ path }] },
    });
  });

  it('of somebody else do not exist', async () => {
    const { body } = await create(bob, { name: 'private' });
    const url = `/api/v1/projects/${body.id}`;
    for (const answer of [
      await ada.get(url),
      await ada.patch(url, { name: 'x' }),
      await ada.delete(url),
      await create(ada, { projectId: body.id }),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'project.not_found' } });
    }
    expect(await ada.get('/api/v1/projects/0123')).toMatchObject({ status: 400, body: { errors: [{ path: 'id' }] } });
  });

  it('number their runs without a gap or a double', async () => {
    const { body } = await create(ada, { name: 'numbered' });
    const service = api.app.get(ProjectsService, { strict: false });
    const numbers = await Promise.all(Array.from({ length: 10 }, () => service.nextRunNumber(body.id)));
    expect(numbers.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe('projects from something', () => {
  it('are made from an example', async () => {
    expect((await ada.get('/api/v1/examples')).body).toEqual({
      items: ['first-training', 'first-training-js'].map((name) => ({
        name,
        title: 'First training',
        summary: 'A line through points.',
      })),
    });
    const { body } = await create(ada, { example: 'first-training' });
    expect(body.name).toBe('First training');
    const { body: files } = await ada.get<FileList>(`/api/v1/projects/${body.id}/files`);
    expect(files.items.map(({ path, mode }) => [path, mode])).toEqual([
      ['data/points.csv', 0o644],
      ['train.py', 0o644],
    ]);
    expect((await create(ada, { example: 'first-training' })).body.name).toBe('First training 2');
    for (const example of ['missing', 'broken', '..', '../..'])
      expect(await create(ada, { example })).toMatchObject({ status: 404, body: { code: 'example.not_found' } });
  });

  it('are copies that go their own way', async () => {
    const { body: original } = await create(ada, { name: 'original' });
    await ada.put(`/api/v1/projects/${original.id}/files/a/run.sh`, 'one', { 'x-file-mode': '0755' });
    const { body: copy } = await create(ada, { projectId: original.id });
    expect(copy.name).toBe('original 2');
    await ada.put(`/api/v1/projects/${original.id}/files/a/run.sh`, 'two');
    expect((await ada.get(`/api/v1/projects/${copy.id}/files/a/run.sh`)).bytes.toString()).toBe('one');
    expect((await ada.get<FileList>(`/api/v1/projects/${copy.id}/files`)).body.items).toMatchObject([{ mode: 0o755 }]);
    expect(await create(ada, { projectId: original.id, name: 'original' })).toMatchObject({ status: 409 });
  });

  it('are there for each new user', async () => {
    const { body } = await ada.post<{ id: string }>('/api/v1/users', { login: 'carol', password: 'a long password' });
    const carol = api.visitor();
    await carol.post('/api/v1/auth/login', { login: 'carol', password: 'a long password' });
    expect(await names(carol)).toEqual(['First training']);
    expect(body.id).toMatch(/^[0-9a-f]{24}$/);
  });
});
