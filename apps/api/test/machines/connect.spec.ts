import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer, type Server } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CARRIER_HEADERS,
  CARRIER_PROTOCOL,
  isTerminal,
  type MachineView,
  type Problem,
  type ProjectView,
  type RunView,
} from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { getModelToken } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { Dialler } from '../../src/machines/dials/dialler.service.js';
import { DialsRepository } from '../../src/machines/dials/dials.repository.js';
import { Machine } from '../../src/machines/machine.schema.js';
import { type ApiUnderTest, startApi } from '../api.js';
import { ListeningWorker } from '../listening-worker.js';

const ROOT = resolve(import.meta.dirname, '../../../..');

describe('a machine that the server dials', () => {
  let parts: Parts;
  let api: ApiUnderTest;
  let ada: Client;
  let folder: string;
  let worker: ListeningWorker;
  let machine: MachineView;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mle-connect-'));
    const bundle = join(folder, 'worker.mjs');
    execFileSync(process.execPath, ['tools/bundle.mjs', 'apps/worker/src/main.ts', bundle, '--all'], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] },
    });
    parts = await startParts();
    api = await startApi(parts, { lostAfterSeconds: 30 });
    ada = await api.signUp('ada');
    worker = new ListeningWorker(bundle, join(folder, 'worker'));
    await worker.start();
    const { status, body } = await connect(worker.address);
    expect([status, body]).toEqual([201, expect.objectContaining({ state: 'online' })]);
    machine = body as MachineView;
  });
  afterAll(async () => {
    await api?.close();
    await worker?.clear();
    await parts?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const connect = (body: object, client = ada) => client.post<MachineView | Problem>('/api/v1/machines/connect', body);
  const view = async (client = ada): Promise<MachineView> =>
    (await client.get<MachineView>(`/api/v1/machines/${machine.id}`)).body;

  async function until(what: string, accepts: (now: MachineView) => boolean, client = ada): Promise<MachineView> {
    for (let tries = 0; tries < 600; tries++) {
      const now = await view(client);
      if (accepts(now)) return now;
      await sleep(50);
    }
    throw new Error(`not ${what}: ${JSON.stringify(await view(client))}\n${worker.log.slice(-3_000)}`);
  }
  const untilOnline = (client = ada) =>
    until('online', ({ state, connectionError }) => state === 'online' && connectionError === null, client);

  async function runOn(text: string): Promise<{ run: RunView; output: string }> {
    const { body: project } = await ada.post<ProjectView>('/api/v1/projects', { name: `p ${text.slice(-30)}` });
    await ada.put(
      `/api/v1/projects/${project.id}/files/run.mjs`,
      `import { readFileSync } from 'node:fs'; console.log(readFileSync('data.txt', 'utf8'));`,
    );
    await ada.put(`/api/v1/projects/${project.id}/files/data.txt`, text);
    const { body: started } = await ada.post<RunView>('/api/v1/runs', {
      projectId: project.id,
      file: 'run.mjs',
      target: { machineId: machine.id },
    });
    for (let tries = 0; tries < 600; tries++) {
      const { body: run } = await ada.get<RunView>(`/api/v1/runs/${started.id}`);
      if (isTerminal(run.state))
        return { run, output: (await ada.get(`/api/v1/runs/${run.id}/output`)).bytes.toString() };
      await sleep(50);
    }
    throw new Error(
      `the run did not end: ${JSON.stringify((await ada.get(`/api/v1/runs/${started.id}`)).body)}\n${worker.log.slice(-6_000)}`,
    );
  }

  /** Something else that listens, with the certificate of the worker where it speaks TLS. */
  async function listening(server: Server | ReturnType<typeof createServer>, scheme = 'https'): Promise<string> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const tlsServer = (): Server =>
    createTlsServer({ cert: worker.file('listen-certificate.pem'), key: worker.file('listen-key.pem') });

  it('is an ordinary machine, and shows who dialled', () => {
    expect(machine).toMatchObject({
      name: 'lab computer',
      provider: 'joined',
      connection: 'dialled-out',
      url: worker.url,
      connectionError: null,
    });
    expect(JSON.stringify(machine)).not.toContain(worker.token);
  });

  it('runs programs: files, output and the end travel over the dialled connections', async () => {
    const text = `${'0123456789abcdef'.repeat(40_000)} the end`;
    const { run, output } = await runOn(text);
    expect(run).toMatchObject({ state: 'succeeded', machineId: machine.id });
    expect(output).toBe(`Running run.mjs\n${text}\n`);
  });

  it('keeps its secrets: the token sealed, the credential as a hash, the files for their owner', async () => {
    const stored = await api.app
      .get<Model<Machine>>(getModelToken(Machine.name), { strict: false })
      .findById(machine.id)
      .lean();
    const text = JSON.stringify(stored);
    expect(stored?.dial?.sealedToken.length).toBeGreaterThan(40);
    expect(text).not.toContain(worker.token);
    expect(text).not.toContain(worker.file('credential').trim());
    const modes = execFileSync('stat', [
      '-c',
      '%a',
      ...['listen-token', 'listen-key.pem', 'credential'].map((name) => join(worker.dataDir, name)),
    ]).toString();
    expect(modes.trim().split('\n')).toEqual(['600', '600', '600']);
  });

  it('is dialled again after the worker was killed, and says meanwhile why it cannot be', async () => {
    await worker.kill();
    const away = await until('away', ({ connectionError }) => connectionError !== null);
    expect(away.connectionError).toMatch(/cannot be reached from this server: nothing listens there\./);
    await worker.start();
    await untilOnline();
    expect((await runOn('after the kill')).run.state).toBe('succeeded');
  });

  it('is dialled by the server after a restart @full', async () => {
    await api.close();
    api = await startApi(parts, { lostAfterSeconds: 30 });
    ada = await api.signUp('ada');
    await untilOnline();
    expect((await runOn('after the restart')).run.state).toBe('succeeded');
  });

  it('is held by one replica at a time, and taken over when that one is gone @full', async () => {
    const other = await startApi(parts);
    const holder = async (): Promise<string | null | undefined> =>
      (await api.app.get<Model<Machine>>(getModelToken(Machine.name), { strict: false }).findById(machine.id).lean())
        ?.dial?.holder;
    const first = await holder();
    await sleep(2_500);
    expect(await holder()).toBe(first);
    // A third one held it and died: after its time one of the others dials.
    await api.app
      .get(DialsRepository, { strict: false })
      .seize(machine.id, 'a dead replica', new Date(Date.now() + 2_000));
    for (let tries = 0; tries < 400 && (await holder()) === 'a dead replica'; tries++) await sleep(50);
    expect(await holder()).not.toBe('a dead replica');
    await untilOnline();
    await other.close();
    await untilOnline();
    expect((await runOn('after the takeover')).run.state).toBe('succeeded');
  });

  it('is not disturbed by another server, with a wrong token or the right one @full', async () => {
    const others = await startParts();
    const second = await startApi(others);
    try {
      const eve = await second.signUp('eve');
      const before = (worker.log.match(/A server has dialled/g) ?? []).length;
      const wrong = await connect({ ...worker.address, token: 'another-token-than-its-own' }, eve);
      expect([wrong.status, wrong.body]).toEqual([
        422,
        expect.objectContaining({ code: 'machine.token', detail: expect.stringContaining('refused the token') }),
      ]);
      const right = await connect(worker.address, eve);
      expect([right.status, right.body]).toEqual([
        409,
        expect.objectContaining({
          code: 'machine.taken',
          detail: expect.stringContaining('connected to another server'),
        }),
      ]);
      expect((await eve.get<{ items: unknown[] }>('/api/v1/machines')).body.items).toEqual([]);
      expect((worker.log.match(/A server has dialled/g) ?? []).length).toBe(before);
      expect(await view()).toMatchObject({ state: 'online', connectionError: null });
    } finally {
      await second.close();
      await others.stop();
    }
  });

  it('is named by what is wrong when it cannot be connected', async () => {
    const plain = createHttpServer((_request, response) => response.end('hello'));
    const silent = tlsServer();
    const unknowing = tlsServer();
    const old = tlsServer();
    const heard: string[] = [];
    silent.on('request', (_request, response) => response.end('a web page'));
    unknowing.on('upgrade', (request, socket) => {
      heard.push(JSON.stringify(request.rawHeaders));
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${CARRIER_PROTOCOL}\r\n${CARRIER_HEADERS.proof}: ${'0'.repeat(64)}\r\n\r\n`,
      );
    });
    old.on('upgrade', (_request, socket) =>
      socket.end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 39\r\n\r\n{"code":"link_version","linkVersion":9}'),
    );
    const gone = createServer();
    const nowhere = await listening(gone);
    const otherFingerprint = 'AB:'.repeat(31) + 'AB';
    try {
      const cases: [object, string, string, string?][] = [
        [{ url: nowhere }, 'machine.unreachable', 'nothing listens there', 'url'],
        [{ url: 'https://no-such-host.invalid:7443' }, 'machine.unreachable', 'is not known to this server', 'url'],
        [{ url: await listening(plain) }, 'machine.not_tls', 'does not speak TLS', 'url'],
        [{ url: await listening(silent) }, 'machine.not_a_worker', 'Check the address', 'url'],
        [{ fingerprint: otherFingerprint }, 'machine.fingerprint', worker.fingerprint, 'fingerprint'],
        [{ token: 'another-token-than-its-own' }, 'machine.token', 'refused the token', 'token'],
        [{ url: await listening(unknowing) }, 'machine.token', 'does not know the token', 'token'],
        [{ url: await listening(old) }, 'machine.link_version', 'speaks version 9'],
      ];
      // Only now: one of the others would have been given its port.
      gone.close();
      for (const [change, code, words, path] of cases) {
        const { status, body } = await connect({ ...worker.address, ...change });
        expect([change, status, body]).toEqual([
          change,
          422,
          expect.objectContaining({ code, detail: expect.stringContaining(words) }),
        ]);
        expect((body as Problem).errors?.map((error) => error.path)).toEqual(path === undefined ? undefined : [path]);
      }
      expect(heard).toHaveLength(1);
      expect(heard[0]).not.toContain(worker.token);
    } finally {
      for (const server of [plain, silent, unknowing, old]) server.close();
    }
    expect(await view()).toMatchObject({ state: 'online', connectionError: null });
  });

  it.each([
    [{ url: 'http://127.0.0.1:1' }, 'url'],
    [{ url: 'https://user:secret@127.0.0.1:1' }, 'url'],
    [{ url: 'https://127.0.0.1:1/path' }, 'url'],
    [{ fingerprint: 'abc' }, 'fingerprint'],
    [{ token: 'short' }, 'token'],
  ])('is not dialled for %j', async (change, path) => {
    const { status, body } = await connect({ ...worker.address, ...change });
    expect([status, (body as Problem).errors?.map((error) => error.path)]).toEqual([400, [path]]);
  });

  it('stays the same machine when it is connected again', async () => {
    const { status, body } = await connect({ ...worker.address, name: 'ignored' });
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({ id: machine.id, name: machine.name, state: 'online' }),
    ]);
    await untilOnline();
  });

  it('says so when the secret key was changed', async () => {
    const dials = api.app.get(DialsRepository, { strict: false });
    const [record] = await dials.list();
    expect(record?.machineId).toBe(machine.id);
    await dials.setAddress(machine.id, {
      url: worker.url.replace('127.0.0.1', 'localhost'),
      fingerprint: record?.dial.fingerprint ?? '',
      sealedToken: 'c2VhbGVkIHVuZGVyIGFub3RoZXIga2V5IGFuZCBsb25n',
    });
    expect((await until('told', ({ connectionError }) => connectionError !== null)).connectionError).toContain(
      'secret key has changed',
    );
    expect((await connect(worker.address)).status).toBe(201);
    await untilOnline();
  });

  it('is let go when it is removed, and can be connected anew', async () => {
    expect((await ada.delete(`/api/v1/machines/${machine.id}`)).status).toBe(204);
    for (let tries = 0; tries < 400 && !worker.log.includes('The server removed this machine'); tries++)
      await sleep(50);
    expect(worker.log).toContain('The server removed this machine');
    expect(() => worker.file('credential')).toThrow('ENOENT');
    const { status, body } = await connect({ ...worker.address, name: 'the new name' });
    expect([status, body]).toEqual([201, expect.objectContaining({ name: 'the new name', state: 'online' })]);
    expect((body as MachineView).id).not.toBe(machine.id);
    expect(api.app.get(Dialler, { strict: false }).serverId).toMatch(/^[0-9a-f]{32}$/);
  });
});
