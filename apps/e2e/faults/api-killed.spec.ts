import { setTimeout as sleep } from 'node:timers/promises';
import { DELIVERY_JOB, type Page, type RunView } from '@mle/protocol';
import type { Addresses } from '@mle/testing';
import { Bed } from './bed.js';
import { databaseGate, type Passing } from './database-commands.js';
import { type Direction, FaultProxy, type Gate } from './fault-proxy.js';

/**
 * Where in the way of a request the API is killed: as its command is about to reach the other part, or as the answer is
 * about to come back.
 */
type Step = Passing;

const DELIVERY = 'deliver';

describe('an API that is killed', () => {
  let bed: Bed;
  let step: Step | null = null;
  let seen: string[] = [];
  const proxies: FaultProxy[] = [];

  beforeAll(async () => {
    bed = await Bed.make({}, { between });
  });
  afterAll(async () => {
    await bed?.remove();
    for (const proxy of proxies) proxy.close();
  });

  async function between(real: Addresses): Promise<Addresses> {
    const reached = {
      ...real,
      redis: { path: real.redis.path.replace('.sock', '-proxy.sock') },
      store: { path: real.store.path.replace('.sock', '-proxy.sock') },
    };
    for (const part of ['redis', 'store'] as const) {
      const proxy = await FaultProxy.between(real[part], reached[part].path);
      proxy.gate = part === 'store' ? () => databaseGate(pass) : redisGate;
      proxies.push(proxy);
    }
    return reached;
  }

  /** Only the delivery matters of what goes to Redis; the next answer on its connection is that of the delivery. */
  function redisGate(): Gate {
    let delivering = false;
    return async (direction, bytes) => {
      if (direction === 'request' && bytes.includes(DELIVERY_JOB)) delivering = true;
      else if (direction === 'request' || !delivering) return true;
      if (direction === 'reply') delivering = false;
      return pass({ direction, command: DELIVERY });
    };
  }

  async function pass(passing: Passing): Promise<boolean> {
    seen.push(`${passing.direction} ${passing.command}`);
    if (step === null || passing.command !== step.command || passing.direction !== step.direction) return true;
    step = null;
    await bed.product.api.kill('SIGKILL');
    return false;
  }

  async function killed(): Promise<void> {
    await bed.until('the API is killed', () => step === null);
    await bed.product.api.start();
  }

  const STEPS: [Direction, string][] = (
    ['findAndModify projects', 'update snapshots', 'insert runs', DELIVERY] as const
  ).flatMap((command) => [
    ['request', command],
    ['reply', command],
  ]);

  it.each(STEPS)(
    'makes one run of a request that is repeated with its key after the %s of %s',
    async (direction, command) => {
      const { client } = bed.product;
      // A new snapshot each time.
      await client.putFile(bed.projectId, 'data.txt', `${direction} ${command}`);
      const before = await client.json<Page<RunView>>('GET', 'runs?limit=100');
      const key = { 'idempotency-key': `${direction}-${command}` };
      step = { direction, command };
      const post = (): Promise<RunView> => client.startRun(bed.request({ seconds: 0.3 }), key);
      await expect(post()).rejects.toThrow();
      await killed();
      const run = await post();
      expect(await post()).toMatchObject({ id: run.id });
      bed.watcher.watch(run.id);
      await bed.oracle.check(run.id, { state: 'succeeded', attempt: 1 });
      const after = await client.json<Page<RunView>>('GET', 'runs?limit=100');
      expect(after.items.length).toBe(before.items.length + 1);
    },
  );

  it.each(['request', 'reply'] as const)(
    'stores each byte once when it is killed at the %s of a write of output',
    async (direction) => {
      const { run } = await bed.printing({ seconds: 4 });
      await sleep(300);
      seen = [];
      step = { direction, command: 'insert output_chunks' };
      await killed();
      await bed.oracle.check(run.id, { state: 'succeeded', attempt: 1 });
      expect(seen).toContain(`${direction} insert output_chunks`);
    },
  );

  it.each(['request', 'reply'] as const)(
    'ends a run once when it is killed at the %s of its end',
    async (direction) => {
      const { run } = await bed.printing({ seconds: 2 });
      // The next change of a run is its end.
      step = { direction, command: 'findAndModify runs' };
      await killed();
      await bed.oracle.check(run.id, { state: 'succeeded', attempt: 1 });
    },
  );
});
