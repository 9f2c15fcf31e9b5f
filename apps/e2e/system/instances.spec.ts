import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstanceList, InstanceView, MachineView, Page } from '@mle/protocol';
import { Client, FIRST_USER, freePort, launcherProgram, LOGIN, PASSWORD, type Program, until } from '@mle/testing';

const SLEEP = 'import time\nprint("begun", flush=True)\ntime.sleep(600)\n';

describe('instances of this computer', () => {
  let folder: string;
  let launcher: Program;
  let api: Client;
  let port: number;
  let projectId: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mle-instances-'));
    await chmod(folder, 0o777);
    port = await freePort();
    launcher = launcherProgram(folder, port, FIRST_USER);
    await launcher.start();
    api = new Client(`http://127.0.0.1:${port}`);
    await api.login(LOGIN, PASSWORD);
    projectId = (await api.createProject('instances')).id;
    await api.putFile(projectId, 'hello.py', 'print("hello")\n');
    await api.putFile(projectId, 'sleep.py', SLEEP);
  });
  afterAll(async () => {
    await launcher.kill('SIGINT');
    await rm(folder, { recursive: true, force: true });
  });

  const launch = async (more: object): Promise<InstanceView[]> =>
    (await api.json<{ items: InstanceView[] }>('POST', 'instances', { provider: 'local', ...more })).items;
  const get = (id: string): Promise<InstanceView> => api.json('GET', `instances/${id}`);
  const list = (): Promise<InstanceList> => api.json('GET', 'instances');
  const reaches = (id: string, state: string): Promise<InstanceView> =>
    until(`the instance is ${state}`, async () => {
      const instance = await get(id);
      if (instance.state === 'failed') throw new Error(JSON.stringify(instance));
      return instance.state === state ? instance : null;
    });
  const machines = async (): Promise<MachineView[]> => (await api.json<Page<MachineView>>('GET', 'machines')).items;
  const workersOf = (id: string): number[] =>
    readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .filter((pid) => commandOf(pid).includes(`instances/${id}`) && commandOf(pid).includes('--url'))
      .map(Number);
  const terminate = (id: string): Promise<InstanceView> => api.json('DELETE', `instances/${id}`);
  const run = async (machineId: string, file: string): Promise<string> =>
    (await api.startRun({ projectId, file, target: { machineId } })).id;

  it('are launched, run, and leave nothing', async () => {
    expect((await list()).providers).toEqual(['local']);
    const [first, second] = await launch({ type: 'local-1', count: 2 });
    if (!first || !second) throw new Error('two were asked for');
    expect([first.name, second.name]).toEqual(['local 1', 'local 2']);
    const ready = await reaches(first.id, 'ready');
    const { machineId } = await reaches(second.id, 'ready');
    expect(ready.phases.map(({ name }) => name)).toEqual(expect.arrayContaining(['requested', 'ready']));
    const machine = (await machines()).find(({ id }) => id === ready.machineId);
    expect(machine).toMatchObject({ name: 'local 1', provider: 'local', state: 'online', inventory: { cpus: 1 } });
    const hello = await run(ready.machineId ?? '', 'hello.py');
    expect((await api.ended(hello)).state).toBe('succeeded');
    expect((await api.output(hello, '?stream=stdout')).toString()).toBe('hello\n');

    // A run at the moment of the end is stopped, with what it has said.
    const sleeping = await run(machineId ?? '', 'sleep.py');
    while (!(await api.output(sleeping)).includes('begun')) await api.run(sleeping);
    expect(workersOf(second.id)).toHaveLength(1);
    await Promise.all([terminate(first.id), terminate(second.id)]);
    for (const { id } of [first, second]) await reaches(id, 'terminated');
    expect(await api.ended(sleeping)).toMatchObject({ state: 'stopped', reason: 'its instance was terminated' });
    expect([...workersOf(first.id), ...workersOf(second.id)]).toEqual([]);
    expect(readdirSync(join(folder, 'data/instances'))).toEqual([]);
    await until('their machines are gone', async () => (await machines()).length === 1);
    expect((await api.request('POST', `instances/${first.id}/start`)).status).toBe(409);
  });

  it('stop and start with what they have, and come back after a restart of the server @full', async () => {
    const [instance] = await launch({ name: 'kept' });
    const id = instance?.id ?? '';
    const { machineId } = await reaches(id, 'ready');
    await api.json('POST', `instances/${id}/stop`);
    await reaches(id, 'stopped');
    expect(workersOf(id)).toEqual([]);
    await api.json('POST', `instances/${id}/start`);
    expect((await reaches(id, 'ready')).machineId).toBe(machineId);

    // A worker that dies comes back; so does one whose launcher was stopped.
    const [pid = 0] = workersOf(id);
    process.kill(pid, 'SIGKILL');
    await until('another one is there', () => workersOf(id).some((other) => other !== pid));
    await reaches(id, 'ready');
    await launcher.kill('SIGINT');
    expect(workersOf(id)).toEqual([]);
    await launcher.start();
    expect((await reaches(id, 'ready')).machineId).toBe(machineId);
    await terminate(id);
    await reaches(id, 'terminated');
  });

  it('end by themselves when their time is over, and their runs before them @full', async () => {
    const [instance] = await launch({ name: 'short' });
    const id = instance?.id ?? '';
    const { machineId } = await reaches(id, 'ready');
    const sleeping = await run(machineId ?? '', 'sleep.py');
    await api.until(sleeping, ({ state }) => state === 'running');
    await api.json('PATCH', `instances/${id}`, { endsAt: new Date(Date.now() + 3_000).toISOString() });
    expect(await api.ended(sleeping)).toMatchObject({ reason: 'its instance reaches the end of its time' });
    expect(await reaches(id, 'terminated')).toMatchObject({ reason: 'It reached the end of its time.', problem: null });
  });

  it('are as many as the budget allows, however many ask at once, and once for a repeated request', async () => {
    await api.json('PUT', 'settings/budget', { instances: 2 });
    const key = { 'idempotency-key': 'once' };
    const body = { provider: 'local', type: 'local-1' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => api.post('/api/v1/instances', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409]);
    expect(await api.request('POST', 'instances', { ...body, count: 3 })).toMatchObject({ status: 409 });
    for (const { id } of (await list()).items.filter(({ endedAt }) => endedAt === null)) {
      await terminate(id);
      await reaches(id, 'terminated');
    }
    const twice = await Promise.all(
      [1, 2].map(() => api.post<{ items: InstanceView[] }>('/api/v1/instances', body, key)),
    );
    const ids = new Set(twice.map((answer) => answer.body.items[0]?.id));
    expect(ids.size).toBe(1);
    await terminate([...ids][0] ?? '');
  });
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
