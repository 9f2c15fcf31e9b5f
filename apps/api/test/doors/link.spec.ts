import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttemptRef,
  type Hello,
  type HelloReply,
  type JoinTokenView,
  LIMITS,
  LINK_NAMESPACE,
  LINK_PATH,
  LINK_VERSION,
  type LinkAuth,
  type MachineView,
  type Page,
  type Problem,
  type ProjectView,
  type RunView,
  type ServerToWorker,
  type WorkerToServer,
} from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { getConnectionToken } from '@nestjs/mongoose';
import { type Connection, Types } from 'mongoose';
import { io, type Socket } from 'socket.io-client';
import { MachineCredentials } from '../../src/machines/machine-credentials.js';
import { DeliveriesService } from '../../src/machines/queue/deliveries.service.js';
import { RedisService } from '../../src/platform/redis/redis.service.js';
import { OutputIngest } from '../../src/results/output/output-ingest.service.js';
import { type ApiUnderTest, startApi } from '../api.js';

type Link = Socket<ServerToWorker, WorkerToServer>;

const INVENTORY = {
  hostname: 'lab',
  platform: 'linux',
  arch: 'x64',
  cpuModel: 'cpu',
  cpus: 2,
  memoryBytes: 1,
  diskFreeBytes: 1,
  gpus: [],
  node: '20',
  python: '3',
  docker: null,
  isolated: false,
};
const EMPTY_SHA256 = createHash('sha256').digest('hex');

describe('the link of a worker', () => {
  let parts: Parts;
  let api: ApiUnderTest;
  let user: Client;
  let projectId: string;
  const links: Link[] = [];

  beforeAll(async () => {
    parts = await startParts();
    api = await startApi(parts, { lostAfterSeconds: 2 });
    user = await api.signUp('ada');
    projectId = (await user.post<ProjectView>('/api/v1/projects', { name: 'p' })).body.id;
    await user.put(`/api/v1/projects/${projectId}/files/run.py`, 'print(1)\n');
  });
  afterEach(() => {
    for (const link of links.splice(0)) link.disconnect();
  });
  afterAll(async () => {
    await api?.close();
    await parts?.stop();
  });

  function dial(auth: Partial<LinkAuth>): Link {
    const link: Link = io(api.url + LINK_NAMESPACE, {
      path: LINK_PATH,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { linkVersion: LINK_VERSION, ...auth },
    });
    links.push(link);
    return link;
  }

  async function greet(link: Link, attempts: AttemptRef[] = [], name = 'lab'): Promise<HelloReply> {
    const hello: Hello = { version: '1', name, inventory: INVENTORY, properties: {}, attempts };
    const answer = await link.timeout(5_000).emitWithAck('hello', hello);
    if (!answer.ok) throw new Error(answer.message);
    return answer.reply;
  }

  async function join(name = 'lab'): Promise<{ link: Link; machineId: string; credential: string }> {
    const { token } = await api.app.get(MachineCredentials, { strict: false }).createJoinToken();
    const link = dial({ joinToken: token });
    const { machineId, credential = '' } = await greet(link, [], name);
    return { link, machineId, credential };
  }

  async function startRun(machineId: string, more: object = {}): Promise<AttemptRef> {
    const { status, body } = await user.post<RunView>('/api/v1/runs', {
      projectId,
      file: 'run.py',
      target: { machineId },
      ...more,
    });
    expect(status).toBe(201);
    return { runId: body.id, attempt: 1 };
  }

  const run = async (id: string): Promise<RunView> => (await user.get<RunView>(`/api/v1/runs/${id}`)).body;

  async function until(id: string, state: RunView['state']): Promise<RunView> {
    for (let i = 0; i < 200; i++) {
      const view = await run(id);
      if (view.state === state) return view;
      await sleep(50);
    }
    throw new Error(`run ${id} is ${(await run(id)).state}, not ${state}`);
  }

  async function running(link: Link, machineId: string, more: object = {}): Promise<AttemptRef> {
    const ref = await startRun(machineId, more);
    expect(await link.emitWithAck('claim', ref)).toMatchObject({ ok: true, spec: { ...ref, file: 'run.py' } });
    expect(await link.emitWithAck('attempt.running', { ...ref, pid: 1, startedAt: Date.now() })).toEqual({ ok: true });
    return ref;
  }

  const finish = (link: Link, ref: AttemptRef, more: object = {}) =>
    link.emitWithAck('attempt.finished', {
      ...ref,
      outcome: 'exited',
      exitCode: 0,
      signal: null,
      reason: null,
      finishedAt: Date.now(),
      outputBytes: 0,
      outputSha256: EMPTY_SHA256,
      ...more,
    });

  it('takes a join token once, and the credential from then on', async () => {
    const { token } = await api.app.get(MachineCredentials, { strict: false }).createJoinToken();
    const { machineId, credential } = await greet(dial({ joinToken: token }));
    await expect(greet(dial({ joinToken: token }))).rejects.toThrow('Make a new one on the Machines page');
    expect(await greet(dial({ credential: credential ?? '' }))).toMatchObject({ machineId });
    const { body } = await user.get<MachineView>(`/api/v1/machines/${machineId}`);
    expect(body).toMatchObject({ name: 'lab', state: 'online', provider: 'joined', version: '1' });
  });

  it('refuses a join token whose time has passed', async () => {
    const { body } = await user.post<JoinTokenView>('/api/v1/machines/join-tokens');
    expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(29 * 60_000);
    const tokens = api.app.get<Connection>(getConnectionToken(), { strict: false }).collection('join_tokens');
    const hash = createHash('sha256').update(body.token).digest('hex');
    expect((await tokens.updateOne({ hash }, { $set: { expiresAt: new Date(Date.now() - 1) } })).modifiedCount).toBe(1);
    await expect(greet(dial({ joinToken: body.token }))).rejects.toThrow('Make a new one on the Machines page');
  });

  it.each([
    [{ credential: 'mlw_wrong' }, 'Add the machine again'],
    [{}, 'no credential'],
    [{ credential: 'x', linkVersion: 99 }, 'Fetch the worker again'],
  ])('turns %j away', async (auth, sentence) => {
    const [error] = (await once(dial(auth) as never, 'connect_error')) as [Error];
    expect(error.message).toContain(sentence);
  });

  it('takes no more of a machine than every page can show, and than it can have @full', async () => {
    const { token } = await api.app.get(MachineCredentials, { strict: false }).createJoinToken();
    const link = dial({ joinToken: token });
    const hello: Hello = { version: '1', inventory: INVENTORY, properties: { note: 'x'.repeat(20_000) }, attempts: [] };
    const refused = await link.timeout(5_000).emitWithAck('hello', hello);
    expect(refused).toMatchObject({ ok: false, message: expect.stringContaining('hello of this worker is not valid') });
    await greet(link);
    const attempts = Array.from({ length: 20_000 }, () => ({ runId: 'a'.repeat(24), attempt: 1 }));
    await expect(link.timeout(1_000).emitWithAck('heartbeat', { attempts, load: null })).rejects.toThrow('timed out');
    const some = attempts.slice(0, LIMITS.attemptsOfMachine);
    expect(await link.timeout(10_000).emitWithAck('heartbeat', { attempts: some, load: null })).toEqual({ ok: true });
  });

  it('gives an attempt to one machine, once', async () => {
    const a = await join('a');
    const b = await join('b');
    const ref = await startRun(a.machineId);
    expect(await b.link.emitWithAck('claim', ref)).toMatchObject({ ok: false, code: 'gone' });
    expect(await a.link.emitWithAck('claim', ref)).toMatchObject({ ok: true });
    // The reply may be lost: before it runs, the same machine may ask again.
    expect(await a.link.emitWithAck('claim', ref)).toMatchObject({ ok: true });
    await a.link.emitWithAck('attempt.running', { ...ref, pid: 1, startedAt: Date.now() });
    expect(await a.link.emitWithAck('claim', ref)).toMatchObject({ ok: false, code: 'gone' });
    expect(await b.link.emitWithAck('output', { ...ref, from: 0, segments: [[1, 0, 1]] }, Buffer.from('x'))).toEqual({
      ok: false,
      code: 'superseded',
    });
    expect(await finish(b.link, ref)).toEqual({ ok: false, code: 'superseded' });
    expect(await finish(a.link, ref)).toEqual({ ok: true });
    expect((await run(ref.runId)).state).toBe('succeeded');
    // The answer may be lost too.
    expect(await finish(a.link, ref)).toEqual({ ok: true });
  });

  it('gives a machine the settings that the project had when the run was made', async () => {
    const { link, machineId } = await join();
    const { body: project } = await user.post<ProjectView>('/api/v1/projects', { name: 'templates' });
    await user.put(`/api/v1/projects/${project.id}/files/run.py`, 'print(1)\n');
    const settings = { command: 'python {file} --lr {lr}', image: 'python:3', setup: 'off' };
    await user.patch(`/api/v1/projects/${project.id}`, { settings });
    const start = (more: object) =>
      user.post<RunView & Problem>('/api/v1/runs', { projectId: project.id, target: { machineId }, ...more });
    const unknown = await start({ file: 'run.py', params: { batch: 4 } });
    expect(unknown).toMatchObject({ status: 400, body: { code: 'run.command', errors: [{ path: 'params' }] } });
    expect(unknown.body.detail).toContain(
      'names {lr}, which this run does not have. Known are {file}, {seed}, {args}, {batch}.',
    );
    const sameVariable = await start({ file: 'run.py', params: { lr: 1, LR: 2 } });
    expect(sameVariable).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'params.LR', message: expect.stringContaining('MLE_PARAM_LR') }] },
    });
    // A command of the run's own has no use for the template.
    expect(await start({ command: 'true' })).toMatchObject({ status: 201, body: { settings } });
    const { body: made } = await start({ file: 'run.py', params: { lr: 0.1 } });
    await user.patch(`/api/v1/projects/${project.id}`, { settings: { command: null, image: null, setup: 'auto' } });
    const { body: again } = await user.post<RunView>(`/api/v1/runs/${made.id}/rerun`);
    for (const { id } of [made, again]) {
      expect((await run(id)).settings).toEqual(settings);
      expect(await link.emitWithAck('claim', { runId: id, attempt: 1 })).toMatchObject({
        ok: true,
        spec: { ownerId: user.userId, settings, params: { lr: 0.1 } },
      });
    }
    // As an earlier version left it.
    await api.app
      .get<Connection>(getConnectionToken(), { strict: false })
      .collection('runs')
      .updateOne({ _id: new Types.ObjectId(again.id) }, { $unset: { settings: '' } });
    expect((await run(again.id)).settings).toEqual({ command: null, image: null, setup: 'auto' });
  });

  it('ends a run only when its last byte is stored', async () => {
    const { link, machineId } = await join();
    const ref = await running(link, machineId);
    const bytes = Buffer.from('hello');
    const end = { outputBytes: 5, outputSha256: createHash('sha256').update(bytes).digest('hex'), exitCode: 3 };
    expect(await finish(link, ref, end)).toEqual({ ok: false, code: 'gap', expected: 0 });
    expect((await run(ref.runId)).state).toBe('running');
    expect(await link.emitWithAck('output', { ...ref, from: 0, segments: [[5, 0, 1]] }, bytes)).toEqual({
      ok: true,
      storedBytes: 5,
    });
    expect(await finish(link, ref, end)).toEqual({ ok: true });
    expect(await run(ref.runId)).toMatchObject({ state: 'failed', exitCode: 3, outputBytes: 5 });
  });

  it.each([
    ['timed_out', {}, 'timed_out'],
    ['supervisor_lost', {}, 'lost'],
    ['spawn_failed', { exitCode: null }, 'failed'],
    ['stopped', { reason: 'server shut down' }, 'stopped'],
  ])('settles the outcome %s', async (outcome, more, state) => {
    const { link, machineId } = await join();
    const ref = await running(link, machineId);
    await finish(link, ref, { outcome, exitCode: null, ...more });
    expect((await run(ref.runId)).state).toBe(state);
  });

  it('carries a stop, and carries it again with the next heartbeat', async () => {
    const { link, machineId } = await join();
    const ref = await running(link, machineId);
    const told: AttemptRef[] = [];
    link.on('stop', ({ runId, attempt }, ack) => {
      told.push({ runId, attempt });
      ack({ ok: true });
    });
    await user.post(`/api/v1/runs/${ref.runId}/stop`);
    while (told.length === 0) await sleep(10);
    await link.emitWithAck('heartbeat', { attempts: [ref], load: null });
    while (told.length < 2) await sleep(10);
    expect(told).toEqual([ref, ref]);
    await finish(link, ref, { exitCode: null, signal: 'SIGINT' });
    expect(await run(ref.runId)).toMatchObject({ state: 'stopped', signal: 'SIGINT', reason: 'stopped by the user' });
  });

  it('settles every attempt when a worker comes back', async () => {
    const { link, machineId, credential } = await join();
    await user.patch(`/api/v1/machines/${machineId}`, { slots: 3 });
    const known = await running(link, machineId);
    await link.emitWithAck('output', { ...known, from: 0, segments: [[3, 0, 1]] }, Buffer.from('abc'));
    const forgotten = await running(link, machineId);
    const claimed = await startRun(machineId);
    await link.emitWithAck('claim', claimed);
    const stranger = { runId: 'f'.repeat(24), attempt: 1 };
    link.disconnect();
    const { attempts, settings } = await greet(dial({ credential }), [known, stranger]);
    expect(settings.slots).toBe(3);
    expect(attempts).toEqual([
      { ...known, verdict: 'continue', storedBytes: 3, stop: null },
      { ...stranger, verdict: 'discard', storedBytes: 0, stop: null },
    ]);
    expect(await until(forgotten.runId, 'lost')).toMatchObject({ reason: 'the worker came back without this run' });
    expect((await run(known.runId)).state).toBe('running');
    // Never journaled, so never started: it is delivered again instead.
    expect((await run(claimed.runId)).state).toBe('preparing');
  });

  it('loses a run that its worker does not name any more, though its link stands', async () => {
    const { link, machineId } = await join();
    await user.patch(`/api/v1/machines/${machineId}`, { slots: 3 });
    const [gone, stopped, kept] = [
      await running(link, machineId),
      await running(link, machineId),
      await running(link, machineId),
    ];
    await user.post(`/api/v1/runs/${stopped.runId}/stop`);
    const begun = performance.now();
    for (let beats = 0; (await run(gone.runId)).state === 'running'; beats++) {
      // A single one without it may be older than the run.
      const attempts = beats === 0 ? [] : [kept];
      await link.emitWithAck('heartbeat', { attempts, load: null });
      await sleep(200);
    }
    expect(performance.now() - begun).toBeGreaterThan(3_000);
    const reason = 'the worker does not have this run any more';
    expect(await run(gone.runId)).toMatchObject({ state: 'lost', reason });
    expect(await until(stopped.runId, 'lost')).toMatchObject({ reason });
    expect((await run(kept.runId)).state).toBe('running');
  });

  it('keeps the newer of two links of one machine', async () => {
    const { link, credential } = await join();
    const gone = once(link as never, 'disconnect');
    await greet(dial({ credential }));
    await gone;
  });

  it('shows a silent machine offline, then loses its runs', async () => {
    const { link, machineId } = await join();
    const ref = await running(link, machineId);
    link.disconnect();
    expect(await until(ref.runId, 'lost')).toMatchObject({ reason: 'the machine was silent for 2 s' });
    for (;;) {
      const { body } = await user.get<MachineView>(`/api/v1/machines/${machineId}`);
      if (body.state === 'offline') break;
      await sleep(100);
    }
    const waiting = await startRun(machineId);
    expect((await run(waiting.runId)).waitReason).toBe('lab is offline. The run starts when it is back.');
  });

  it('has the copy of a lost attempt killed, though its link stood all the time @full', async () => {
    const { link, machineId } = await join();
    const ref = await running(link, machineId);
    const told: AttemptRef[] = [];
    link.on('discard', ({ runId, attempt }, ack) => {
      told.push({ runId, attempt });
      ack({ ok: true });
    });
    await link.emitWithAck('heartbeat', { attempts: [ref], load: null });
    await until(ref.runId, 'lost');
    expect(told).toEqual([]);
    const ended = await running(link, machineId);
    await finish(link, ended);
    await link.emitWithAck('heartbeat', { attempts: [ref, ended], load: null });
    while (told.length === 0) await sleep(10);
    // What ended as it should has reported so itself.
    expect(told).toEqual([ref]);
  });

  it('begins the next attempt of a lost run where its policy says so, and fences the old one', async () => {
    const { link, machineId, credential } = await join();
    const ref = await running(link, machineId, { retry: { max: 1, backoffSeconds: 0 } });
    link.disconnect();
    await until(ref.runId, 'queued');
    const again = dial({ credential });
    expect((await greet(again, [ref])).attempts).toEqual([{ ...ref, verdict: 'discard', storedBytes: 0, stop: null }]);
    expect(await again.emitWithAck('output', { ...ref, from: 0, segments: [[1, 0, 1]] }, Buffer.from('x'))).toEqual({
      ok: false,
      code: 'superseded',
    });
    const next = { ...ref, attempt: 2 };
    expect(await again.emitWithAck('claim', next)).toMatchObject({ ok: true, spec: { attempt: 2 } });
    const view = await run(ref.runId);
    expect(view.attempts.map(({ n, state }) => [n, state])).toEqual([
      [1, 'lost'],
      [2, 'preparing'],
    ]);
  });

  it('goes on serving after messages that come before a hello', async () => {
    const link = dial({ joinToken: 'made up' });
    await once(link as never, 'connect');
    const ref = { runId: 'f'.repeat(24), attempt: 1 };
    link.emit('claim', ref, () => undefined);
    link.emit('attempt.running', { ...ref, pid: 1, startedAt: 1 }, () => undefined);
    link.emit('attempt.progress', {
      ...ref,
      phase: 'syncing',
      filesDone: 0,
      filesTotal: 0,
      bytesDone: 0,
      bytesTotal: 0,
    });
    link.emit('output', { ...ref, from: 0, segments: [[1, 0, 1]] }, Buffer.from('x'), () => undefined);
    // Answered after all of them were looked at.
    await expect(greet(link)).rejects.toThrow('Make a new one');
    expect((await api.visitor().get('/healthz')).status).toBe(200);
  });

  it('answers a hello that is not valid, and leaves other such messages without an answer', async () => {
    const { link, machineId } = await join();
    const ref = await running(link, machineId);
    const say = (event: string, ...content: unknown[]): Promise<unknown> =>
      (link.timeout(500) as unknown as Socket).emitWithAck(event, ...content);
    const refused = { ok: false, message: expect.stringContaining('Fetch the worker again') };
    expect(await say('hello', { version: 1 })).toEqual(refused);
    const frame = { ...ref, from: 0, segments: [[2, 0, 1]] };
    const wrong = [
      say('heartbeat', { attempts: 'none', load: null }),
      say('claim', { runId: 'x', attempt: 1 }),
      say('claim', ref, ref),
      say('output', frame, Buffer.from('abc')),
      say('output', frame, 'ab'),
      say('output', frame),
      say('goodbye', 'now'),
    ];
    const answers = await Promise.allSettled(wrong);
    expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 'rejected'));
    expect(await say('output', frame, Buffer.from('ab'))).toEqual({ ok: true, storedBytes: 2 });
  });

  it.each(['//', '/nowhere'])('refuses an upgrade to %s', async (path) => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toContain('404 Not Found');
  });

  it('ends a run that was stopped while its claim was under way', async () => {
    const { link, machineId, credential } = await join();
    const [asked, forgotten] = [await startRun(machineId), await startRun(machineId)];
    for (const ref of [asked, forgotten]) {
      await link.emitWithAck('claim', ref);
      await user.post(`/api/v1/runs/${ref.runId}/stop`);
    }
    // The answer was lost: the worker asks again.
    expect(await link.emitWithAck('claim', asked)).toMatchObject({ ok: false, code: 'gone' });
    expect(await run(asked.runId)).toMatchObject({ state: 'stopped', reason: 'stopped by the user' });
    link.disconnect();
    await greet(dial({ credential }));
    expect(await run(forgotten.runId)).toMatchObject({ state: 'stopped', reason: 'stopped by the user' });
  });

  it('answers while Redis is away, and delivers once it is back', async () => {
    const { link, machineId, credential } = await join();
    const claimed = await startRun(machineId);
    await link.emitWithAck('claim', claimed);
    link.disconnect();
    const fresh = await join('fresh');
    const removed = await join('removed');
    await parts.redis.kill();
    while (api.app.get(RedisService, { strict: false }).client.status === 'ready') await sleep(10);
    // No queue of this machine was ever opened.
    const waiting = await startRun(fresh.machineId);
    const stopped = await startRun(fresh.machineId);
    expect((await user.post<RunView>(`/api/v1/runs/${stopped.runId}/stop`)).body.state).toBe('stopped');
    expect((await user.delete(`/api/v1/machines/${removed.machineId}`)).status).toBe(204);
    const again = dial({ credential });
    await greet(again);
    await parts.redis.start();
    const deliveries = api.app.get(DeliveriesService, { strict: false });
    while (!(await deliveries.exists(machineId, claimed)))
      await again.emitWithAck('heartbeat', { attempts: [], load: null });
    while (!(await deliveries.exists(fresh.machineId, waiting)))
      await fresh.link.emitWithAck('heartbeat', { attempts: [], load: null });
  });

  it('lists waiting runs with their places by a few queries', async () => {
    const { machineId } = await join();
    const refs = [await startRun(machineId), await startRun(machineId), await startRun(machineId, { priority: 5 })];
    const connection = api.app.get<Connection>(getConnectionToken(), { strict: false });
    const list = async (): Promise<{ body: Page<RunView>; queries: string[] }> => {
      const queries: string[] = [];
      connection.set('debug', (collection: string, method: string) => queries.push(`${collection}.${method}`));
      const { body } = await user.get<Page<RunView>>(`/api/v1/runs?machineId=${machineId}`);
      connection.set('debug', false);
      return { body, queries: queries.filter((query) => /^(runs|machines)\./.test(query)).sort() };
    };
    // The server's own timers ask the database too: one of some lists has the time to itself.
    let { body, queries } = await list();
    for (let i = 0; i < 20 && queries.length > 3; i++) ({ body, queries } = await list());
    const places = new Map(body.items.map(({ id, place }) => [id, place]));
    expect(refs.map(({ runId }) => places.get(runId))).toEqual([2, 3, 1]);
    for (const item of body.items) expect(item).toEqual(await run(item.id));
    expect(queries).toEqual(['machines.find', 'runs.find', 'runs.find']);
  });

  it('takes no more output of a run whose project was deleted', async () => {
    const { link, machineId } = await join();
    const { body: project } = await user.post<ProjectView>('/api/v1/projects', { name: 'short' });
    await user.put(`/api/v1/projects/${project.id}/files/run.py`, 'print(1)\n');
    const ref = await running(link, machineId, { projectId: project.id });
    await link.emitWithAck('output', { ...ref, from: 0, segments: [[1, 0, 1]] }, Buffer.from('x'));
    expect((await user.delete(`/api/v1/projects/${project.id}`)).status).toBe(204);
    while (api.app.get(OutputIngest, { strict: false }).writes(ref)) await sleep(5);
    expect(await link.emitWithAck('output', { ...ref, from: 1, segments: [[1, 0, 1]] }, Buffer.from('y'))).toEqual({
      ok: false,
      code: 'superseded',
    });
  });

  it('goes offline at once on a goodbye', async () => {
    const { link, machineId } = await join();
    await link.emitWithAck('goodbye');
    expect((await user.get<MachineView>(`/api/v1/machines/${machineId}`)).body.state).toBe('offline');
  });

  it('streams the files of a run that is on the machine, and no others', async () => {
    const { link, machineId } = await join();
    const ref = await running(link, machineId);
    const { snapshotId } = await run(ref.runId);
    const pieces: Buffer[] = [];
    link.on('blob.chunk', (_chunk, bytes, ack) => {
      pieces.push(Buffer.from(bytes));
      ack({ ok: true });
    });
    const ended = once(link as never, 'blob.end');
    expect(
      await link.emitWithAck('blobs.fetch', { ...ref, streamId: 's', items: [{ sha256: snapshotId, from: 0 }] }),
    ).toEqual({ ok: true });
    expect((await ended)[0]).toEqual({ streamId: 's', error: null });
    const manifest = Buffer.concat(pieces);
    expect(createHash('sha256').update(manifest).digest('hex')).toBe(snapshotId);
    const foreign = createHash('sha256').update('secret of somebody else').digest('hex');
    expect(
      await link.emitWithAck('blobs.fetch', { ...ref, streamId: 't', items: [{ sha256: foreign, from: 0 }] }),
    ).toMatchObject({ ok: false });
    expect(
      await link.emitWithAck('blobs.fetch', {
        ...ref,
        attempt: 2,
        streamId: 'u',
        items: [{ sha256: snapshotId, from: 0 }],
      }),
    ).toMatchObject({ ok: false });
  });
});
