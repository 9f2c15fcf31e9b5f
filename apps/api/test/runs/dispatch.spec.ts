import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptRef, Page, PoolView, ProjectView, RunView } from '@mle/protocol';
import { type Client, type Parts, startParts } from '@mle/testing';
import { Redis } from 'ioredis';
import { type ApiUnderTest, startApi } from '../api.js';
import { FakeWorker } from '../fake-worker.js';

const RUNS = process.env['MLE_TEST_FULL'] ? 200 : 40;
const SLOTS = 2;

let parts: Parts;
let replicas: ApiUnderTest[];
let clients: Client[];
const workers: FakeWorker[] = [];

beforeAll(async () => {
  parts = await startParts();
  replicas = [await startApi(parts), await startApi(parts)];
  const [first, second] = replicas as [ApiUnderTest, ApiUnderTest];
  const ada = await first.signUp('ada');
  const there = second.visitor();
  there.cookie = ada.cookie;
  clients = [ada, there];
});
afterAll(async () => {
  for (const worker of workers) await worker.close();
  for (const api of replicas ?? []) await api.close();
  await parts?.stop();
});

async function everyRun(client: Client, poolId: string): Promise<RunView[]> {
  const items: RunView[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Page<RunView> = (
      await client.get<Page<RunView>>(`/api/v1/runs?poolId=${poolId}&limit=200${cursor && `&cursor=${cursor}`}`)
    ).body;
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

/** The most runs that a machine had at one time, assigned or on it, by what the histories say. */
function mostAtOnce(runs: RunView[], machineId: string): number {
  const moments = runs
    .filter((run) => run.machineId === machineId)
    .flatMap(({ attempts: [attempt] }) => {
      const at = (state: string) => Date.parse(attempt?.history.findLast((entry) => entry.state === state)?.at ?? '');
      return [
        { at: at('assigned'), change: 1 },
        { at: at('succeeded'), change: -1 },
      ];
    })
    .sort((a, b) => a.at - b.at || a.change - b.change);
  let now = 0;
  return Math.max(...moments.map(({ change }) => (now += change)));
}

it(`two servers give ${RUNS} runs to three machines: each run to one machine, no machine more than its slots, though Redis is emptied in between`, async () => {
  const [ada, there] = clients as [Client, Client];
  const { body: project } = await ada.post<ProjectView>('/api/v1/projects', { name: 'p' });
  await ada.put(`/api/v1/projects/${project.id}/files/run.py`, 'print(1)\n');
  const { body: pool } = await ada.post<PoolView>('/api/v1/pools', { name: 'all' });
  const ledger: string[] = [];
  for (const [i, name] of ['one', 'two', 'three'].entries()) {
    const worker = await FakeWorker.join(replicas[i % 2] as ApiUnderTest, parts, name);
    workers.push(worker);
    await ada.patch(`/api/v1/machines/${worker.machineId}`, { slots: SLOTS, poolIds: [pool.id] });
    const execute = async (ref: AttemptRef): Promise<void> => {
      ledger.push(`${ref.runId}-${ref.attempt}`);
      await worker.running(ref);
      await worker.finish(ref);
    };
    worker.consume(SLOTS, execute);
  }
  const post = (client: Client) =>
    client.post('/api/v1/runs', { projectId: project.id, file: 'run.py', target: { poolId: pool.id } });
  for (let i = 0; i < RUNS; i += 10) {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => post(n % 2 === 0 ? ada : there)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  }
  const redis = new Redis(/@(.*)$/.exec(parts.redisUrl)?.[1] ?? '', {
    password: /:(\w+)@/.exec(parts.redisUrl)?.[1] ?? '',
  });
  await redis.flushall();
  redis.disconnect();
  let runs = await everyRun(ada, pool.id);
  while (runs.some(({ state }) => state !== 'succeeded')) {
    await sleep(50);
    runs = await everyRun(ada, pool.id);
  }
  expect(runs).toHaveLength(RUNS);
  expect([...ledger].sort()).toEqual(runs.map(({ id }) => `${id}-1`).sort());
  expect(new Set(runs.map(({ machineId }) => machineId))).toEqual(new Set(workers.map(({ machineId }) => machineId)));
  for (const { machineId } of workers) expect(mostAtOnce(runs, machineId)).toBeLessThanOrEqual(SLOTS);
}, 300_000);
