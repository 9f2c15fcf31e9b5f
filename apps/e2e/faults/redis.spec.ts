import { setTimeout as sleep } from 'node:timers/promises';
import { Bed, FULL } from './bed.js';

describe('Redis that is killed and comes back empty', () => {
  let bed: Bed;

  beforeAll(async () => {
    bed = await Bed.make();
  });
  afterAll(() => bed?.remove());

  it('is missed by no run: what waits and what was asked for meanwhile starts @full', async () => {
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
    if (FULL) expect(Date.now() - back).toBeLessThan(30_000);
    await bed.oracle.check(queued.id, { state: 'succeeded', attempt: 1 });
    await bed.oracle.check(during.id, { state: 'succeeded', attempt: 1 });
  });
});
