import { setTimeout as sleep } from 'node:timers/promises';
import type { ProjectView, RunView } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker } from '../fake-worker.js';

let parts: Parts;
let api: ApiUnderTest;
let ada: Client;
let worker: FakeWorker;

beforeAll(async () => {
  parts = await startParts();
  api = await startApi(parts);
  ada = await api.signUp('ada');
  worker = await FakeWorker.join(api, parts, 'secret laboratory');
});
afterAll(async () => {
  await worker?.close();
  await api?.close();
  await parts?.stop();
});

/** As a scraper reads it: no login, one number a line. */
async function scrape(): Promise<Map<string, number>> {
  const { status, bytes, headers } = await api.visitor().get('/metrics');
  expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/plain; version=0\.0\.4/)]);
  expect(bytes.toString()).not.toMatch(/secret|ada/);
  const rows = bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(rows.map((row) => [row.slice(0, row.lastIndexOf(' ')), Number(row.slice(row.lastIndexOf(' ') + 1))]));
}

it('counts runs, waiting times, ends and machines', async () => {
  const { body: project } = await ada.post<ProjectView>('/api/v1/projects', { name: 'secret project' });
  await ada.put(`/api/v1/projects/${project.id}/files/run.py`, 'print(1)\n');
  const start = async (): Promise<RunView> =>
    (
      await ada.post<RunView>('/api/v1/runs', {
        projectId: project.id,
        file: 'run.py',
        target: { machineId: worker.machineId },
      })
    ).body;
  const [first] = [await start(), await start()];
  const before = await scrape();
  expect(before.get('mle_runs{state="queued"}')).toBe(2);
  expect(before.get('mle_machines{state="online"}')).toBe(1);
  expect(before.get('mle_attempt_wait_seconds_count')).toBe(0);
  expect(before.get('nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);

  await sleep(150);
  const ref = { runId: first.id, attempt: 1 };
  await worker.claim(ref);
  await worker.running(ref);
  expect((await scrape()).get('mle_runs{state="running"}')).toBe(1);
  await worker.finish(ref, { exitCode: 1 });
  const after = await scrape();
  expect(after.get('mle_runs{state="running"}')).toBe(0);
  expect(after.get('mle_runs{state="queued"}')).toBe(1);
  expect(after.get('mle_attempts_ended_total{state="failed"}')).toBe(1);
  expect(after.get('mle_attempt_wait_seconds_count')).toBe(1);
  expect(after.get('mle_attempt_wait_seconds_sum')).toBeGreaterThan(0.1);
});

it('answers without the database, with what the process knows of itself @full', async () => {
  await parts.store.kill();
  try {
    const numbers = await scrape();
    expect(numbers.has('mle_runs{state="queued"}')).toBe(false);
    expect(numbers.get('process_resident_memory_bytes')).toBeGreaterThan(0);
  } finally {
    await parts.store.start();
  }
});
