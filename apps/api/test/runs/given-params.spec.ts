import { createHash } from 'node:crypto';
import { type Manifest, MOST_ARGS, type ProjectView, RunSpecSchema, type RunView } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { BlobCollectorService } from '../../src/platform/blobs/blob-collector.service.js';
import { BlobsService } from '../../src/platform/blobs/blobs.service.js';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker } from '../fake-worker.js';

const SOURCE = [
  'import argparse, os',
  'rate = 0.5  # of learning',
  'p = argparse.ArgumentParser()',
  'p.add_argument("--batch-size", type=int, default=32)',
  'p.parse_args()',
  '',
].join('\n');

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let worker: FakeWorker;
let projectId: string;

beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
  worker = await FakeWorker.join(api, parts, 'given');
  projectId = (await ada.post<ProjectView>('projects', { name: 'p' })).body.id;
  await ada.put(`projects/${projectId}/files/train.py`, SOURCE);
  await ada.put(`projects/${projectId}/files/other.py`, 'rate = 0.5\n');
});
afterAll(async () => {
  await worker?.close();
  await api?.close();
  await parts?.stop();
});

async function start(more: object = {}): Promise<RunView> {
  const request = { projectId, file: 'train.py', target: { machineId: worker.machineId }, ...more };
  const { status, body } = await ada.post<RunView>('runs', request);
  expect(status).toBe(201);
  return body;
}
async function sent(run: RunView) {
  const ref = { runId: run.id, attempt: run.attempt };
  const spec = await worker.specOf(ref);
  await worker.finish(ref);
  return spec;
}
const blobs = () => api.app.get(BlobsService, { strict: false });
const textsOf = async (snapshotId: string): Promise<Record<string, string>> => {
  const { files } = JSON.parse((await blobs().read(snapshotId)).toString()) as Manifest;
  return Object.fromEntries(
    await Promise.all(
      files.map(async ({ path, sha256, size }) => {
        const bytes = await blobs().read(sha256);
        expect([bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([size, sha256]);
        return [path, bytes.toString()];
      }),
    ),
  ) as Record<string, string>;
};

it('a constant is set in the copy that the machine gets, an option is an argument, the rest is environment', async () => {
  const params = { rate: 2, batch_size: 8, other: 'x' };
  const run = await start({ params, args: ['--last'] });
  expect(run).toMatchObject({
    params,
    args: ['--last'],
    set: [
      { name: 'rate', how: 'constant', line: 2, from: 0.5, to: 2 },
      { name: 'batch_size', how: 'option', line: 4, from: 32, to: 8 },
    ],
    warnings: ['other seems to reach nothing: train.py has rate, batch_size and does not read MLE_PARAM_OTHER.'],
  });
  const spec = await sent(run);
  expect(spec).toMatchObject({ args: ['--batch-size=8', '--last'], params: { other: 'x' }, set: run.set });
  expect(spec.snapshotId).not.toBe(run.snapshotId);
  expect(await textsOf(spec.snapshotId)).toEqual({
    'train.py': SOURCE.replace('0.5', '2.0'),
    'other.py': 'rate = 0.5\n',
  });
  expect((await textsOf(run.snapshotId))['train.py']).toBe(SOURCE);
});

it('the copy outlives the collection of blobs, and a rerun has one of its own', async () => {
  const run = await start({ params: { rate: 3 } });
  await api.app.get(BlobCollectorService, { strict: false }).collect(0);
  const again = (await ada.post<RunView>(`runs/${run.id}/rerun`)).body;
  for (const each of [run, again])
    expect((await textsOf((await sent(each)).snapshotId))['train.py']).toContain('rate = 3.0');
});

it('options come on top of as many arguments as a run may have', async () => {
  const args = Array.from({ length: MOST_ARGS }, (_, i) => `--a${i}`);
  const run = await start({ params: { batch_size: 8 }, args });
  expect(RunSpecSchema.parse(await sent(run)).args).toEqual(['--batch-size=8', ...args]);
});

it('a value that does not fit stays as it is, and is told', async () => {
  const run = await start({ params: { rate: 'fast' } });
  expect(run).toMatchObject({
    set: [],
    warnings: ['rate is a number in train.py, line 2. It stays 0.5: fast does not fit.'],
  });
  expect(await sent(run)).toMatchObject({ snapshotId: run.snapshotId, params: { rate: 'fast' } });
});

it('a seed that was asked for reaches a knob of that name, and one of the user is left alone', async () => {
  await ada.put(`projects/${projectId}/files/seeded.py`, 'seed = 42\nprint(seed)\n');
  const plain = await start({ file: 'seeded.py' });
  expect(await sent(plain)).toMatchObject({ seed: 0, set: [], snapshotId: plain.snapshotId });
  const seeded = await start({ file: 'seeded.py', seed: 7 });
  const again = (await ada.post<RunView>(`runs/${seeded.id}/rerun`)).body;
  for (const run of [seeded, again]) {
    expect(run).toMatchObject({ params: {}, set: [{ name: 'seed', line: 1, from: 42, to: 7 }], warnings: [] });
    const spec = await sent(run);
    expect([spec.seed, spec.params, (await textsOf(spec.snapshotId))['seeded.py']]).toEqual([
      7,
      {},
      'seed = 7\nprint(seed)\n',
    ]);
  }
  const given = await start({ file: 'seeded.py', seed: 7, params: { seed: 9 } });
  expect(await sent(given)).toMatchObject({ seed: 7, set: [{ name: 'seed', to: 9 }] });
  // Where no knob is named so, it is in the environment alone.
  expect(await sent(await start({ seed: 7 }))).toMatchObject({ seed: 7, set: [], params: {}, args: [] });
});

it('what the template of the project names is placed there alone', async () => {
  await ada.patch(`projects/${projectId}`, { settings: { command: 'python3 {file} --rate {rate} {args}' } });
  const run = await start({ params: { rate: 4, batch_size: 16 } });
  expect(run).toMatchObject({ set: [{ name: 'batch_size' }], warnings: [] });
  expect(await sent(run)).toMatchObject({
    snapshotId: run.snapshotId,
    params: { rate: 4 },
    args: ['--batch-size=16'],
  });
});
