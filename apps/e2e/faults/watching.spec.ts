import { setTimeout as sleep } from 'node:timers/promises';
import { Bed, FULL } from './bed.js';
import { Watcher } from './watcher.js';

describe('a client that watches', () => {
  let bed: Bed;

  beforeAll(async () => {
    bed = await Bed.make();
  });
  afterAll(() => bed?.remove());

  it.each(FULL ? [30, 150] : [3])('has the same after being offline for %d s', async (seconds) => {
    const { run } = await bed.printing({ seconds: seconds + 3, pause: 0.01 });
    bed.watcher.offline();
    const before = bed.watcher.end(run.id);
    await sleep(seconds * 1000);
    expect(bed.watcher.end(run.id)).toBe(before);
    bed.watcher.online();
    await bed.oracle.check(run.id, { state: 'succeeded' });
  });

  it('does not slow the others when it reads nothing', async () => {
    const { api } = bed.product;
    const paused = new Watcher(bed.product.client);
    const run = await bed.start({ flood: (FULL ? 300 : 40) * 1_000_000, rate: FULL ? 20 : 10 });
    paused.watch(run.id);
    await bed.until('both get output', () => paused.end(run.id) > 100_000 && bed.watcher.end(run.id) > 100_000);
    paused.pause();
    // The other one has all of it before the paused one reads again.
    const ended = await bed.oracle.check(run.id, { state: 'succeeded' }, 120);
    expect(bed.watcher.end(run.id)).toBe(ended.outputBytes);
    paused.resume();
    await paused.complete(ended, 60);
    expect(paused.sha256(run.id, 1)).toBe(bed.watcher.sha256(run.id, 1));
    paused.close();
    expect(api.pid).toBeGreaterThan(0);
  });
});
