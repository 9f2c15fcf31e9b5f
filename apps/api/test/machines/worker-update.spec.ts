import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type MachineView, VERSION } from '@mle/protocol';
import { type Client, type Parts, startParts, until } from '@mle/testing';
import { type ApiUnderTest, startApi } from '../api.js';
import { ListeningWorker } from '../listening-worker.js';

const BUNDLE = resolve(import.meta.dirname, '../../../../dist/apps/worker/worker.mjs');
const OLDER = '0.0.9';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let folder: string;
let worker: ListeningWorker;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mle-update-'));
  parts = await startParts();
  api = await startApi(parts, { workerBundle: BUNDLE });
  ada = await api.signUp('ada');
  writeFileSync(join(folder, 'worker.mjs'), readFileSync(BUNDLE, 'utf8').replaceAll(`"${VERSION}"`, `"${OLDER}"`));
  mkdirSync(join(folder, 'taken'));
  const more = ['--update-dir', join(folder, 'taken')];
  worker = new ListeningWorker(join(folder, 'worker.mjs'), join(folder, 'data'), more);
});
afterAll(async () => {
  await api?.close();
  await worker?.clear();
  await parts?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('a worker that the server dials takes the version of an upgraded server, not before its run has ended @full', async () => {
  // The server's worker was taken before, and did not start: the older one goes on, and does not end again and again.
  const taken = join(folder, 'taken/worker.mjs');
  copyFileSync(BUNDLE, taken);
  await worker.start();
  const { body } = await ada.post<MachineView>('machines/connect', worker.address);
  const machine = async (): Promise<MachineView> => (await ada.get<MachineView>(`machines/${body.id}`)).body;
  await until('it goes on', () => worker.log.includes('was taken before and did not start'));
  expect(await machine()).toMatchObject({ state: 'online', version: OLDER });

  const { id: projectId } = await ada.createProject('updated');
  const go = join(folder, 'go');
  await ada.putFile(projectId, 'wait.sh', `while [ ! -e ${go} ]; do sleep 0.05; done\necho done\n`);
  const { id } = await ada.startRun({ projectId, file: 'wait.sh', target: { machineId: body.id } });
  await until('it runs', async () => (await ada.run(id)).state === 'running');

  // A server with another worker dials it.
  rmSync(taken);
  await api.close();
  api = await startApi(parts, { workerBundle: BUNDLE });
  ada = await api.signUp('ada');
  await until('it is dialled again', async () => (await machine()).state === 'online');
  expect(existsSync(taken)).toBe(false);
  writeFileSync(go, '');
  expect(await worker.ended()).toBe(0);
  expect(await ada.ended(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
  expect(readFileSync(taken)).toEqual(readFileSync(BUNDLE));
  expect(readFileSync(join(folder, 'taken/install.sh'), 'utf8')).toMatch(/^#!\/bin\/sh/);

  copyFileSync(taken, join(folder, 'worker.mjs'));
  await worker.start();
  await until('the newer one is there', async () => (await machine()).version === VERSION);
  expect((await machine()).outdated).toBeNull();
});
