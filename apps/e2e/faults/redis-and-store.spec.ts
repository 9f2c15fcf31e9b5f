import { setTimeout as sleep } from 'node:timers/promises';
import { Bed, FULL } from './bed.js';
import { peakMemory, supervisorOf } from './processes.js';
import { join } from 'node:path';

/** Far above what the parts need (about 150), far below what they would keep if they waited in memory. */
const MEMORY_MIB = 400;

describe('what the server stands on', () => {
  let bed: Bed;

  beforeAll(async () => {
    bed = await Bed.make();
  });
  afterAll(() => bed?.remove());

  it('goes on without Redis, and starts what was asked for meanwhile when it comes back empty', async () => {
    const seconds = FULL ? 15 : 4;
    const { redis, client } = bed.product;
    const { run } = await bed.printing({ seconds: seconds + 2 });
    const queued = await bed.start({ seconds: 0.2 });
    await redis.kill('SIGKILL');
    const begun = Date.now();
    const during = await bed.start({ seconds: 0.2 });
    expect((await client.run(during.id)).state).toBe('queued');
    await sleep(Math.max(0, seconds * 1000 - (Date.now() - begun)));
    await redis.start();
    const back = Date.now();
    await bed.oracle.check(run.id, { state: 'succeeded', attempt: 1 });
    await client.until(queued.id, ({ startedAt }) => startedAt !== null);
    await client.until(during.id, ({ startedAt }) => startedAt !== null);
    expect(Date.now() - back).toBeLessThan(30_000);
    await bed.oracle.check(queued.id, { state: 'succeeded', attempt: 1 });
    await bed.oracle.check(during.id, { state: 'succeeded', attempt: 1 });
  });

  it('keeps a busy run on the disk of its machine while the store is away', async () => {
    const seconds = FULL ? 20 : 4;
    const { store, api, worker, folder } = bed.product;
    const flood = await bed.start({ flood: seconds * 5_000_000, rate: 5 });
    await bed.until('it prints', () => bed.watcher.end(flood.id) > 1_000_000);
    await store.kill('SIGKILL');
    await sleep(seconds * 1000);
    await store.start();
    await bed.oracle.check(flood.id, { state: 'succeeded', attempt: 1 }, 120);
    for (const pid of [api.pid, worker.pid, supervisorOf(join(folder, 'worker'))]) expect(peakMemory(pid)).toBeLessThan(MEMORY_MIB);
  });

  it('keeps a quiet run through short absences of the store one after the other', async () => {
    const { store } = bed.product;
    const { run } = await bed.printing({ seconds: 6 });
    for (const away of [100, 800, 2_000]) {
      await store.kill('SIGKILL');
      await sleep(away);
      await store.start();
      await sleep(500);
    }
    await bed.oracle.check(run.id, { state: 'succeeded', attempt: 1 });
  });
});
