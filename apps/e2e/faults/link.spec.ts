import { setTimeout as sleep } from 'node:timers/promises';
import { Bed, FULL } from './bed.js';
import { FaultProxy } from './fault-proxy.js';
import { SeededRandom } from './seeded-random.js';

describe('a link on a bad network', () => {
  let bed: Bed;
  let proxy: FaultProxy;

  beforeEach(async () => {
    const between = async <A extends { api: { port: number } }>(real: A): Promise<A> => {
      proxy = await FaultProxy.between({ port: real.api.port, host: '127.0.0.1' });
      return { ...real, api: { port: proxy.port } };
    };
    bed = await Bed.make({ MLE_LOST_AFTER_SECONDS: '120' }, { between });
  });
  afterEach(async () => {
    proxy?.close();
    await bed?.remove();
  });

  it('is half-open for long, and makes itself anew', async () => {
    const seconds = FULL ? 60 : 12;
    const { run } = await bed.printing({ seconds: seconds + 4, pause: 0.05 });
    const waiting = await bed.start({ seconds: 0.2 });
    proxy.stall();
    await sleep(seconds * 1000);
    const late = await bed.start({ seconds: 0.2 });
    proxy.release();
    for (const { id } of [run, waiting, late]) await bed.oracle.check(id, { state: 'succeeded', attempt: 1 }, 120);
  });

  it('is slow, resets and stalls at random, and neither loses nor repeats', async () => {
    const random = new SeededRandom('a link on a bad network');
    const seconds = FULL ? 60 : 10;
    await bed.product.client.json('PATCH', `machines/${(await bed.product.client.machine()).id}`, { slots: 3 });
    const runs = [await bed.start({ seconds, pause: 0.02 }), await bed.start({ flood: seconds * 1_000_000, rate: 1 })];
    for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
      proxy.delayMs = random.between(0, 200);
      await sleep(random.between(100, 1_500));
      const fault = random.pick(['reset', 'stall', 'none', 'run'] as const);
      if (fault === 'reset') proxy.reset();
      if (fault === 'stall') {
        proxy.stall();
        await sleep(random.between(100, 3_000));
        proxy.release();
      }
      if (fault === 'run' && runs.length < 20) runs.push(await bed.start({ seconds: 0.3 }));
    }
    proxy.delayMs = 0;
    for (const { id } of runs) await bed.oracle.check(id, { state: 'succeeded', attempt: 1 }, 120);
  });
});
