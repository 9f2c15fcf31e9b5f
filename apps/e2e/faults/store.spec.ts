import { setTimeout as sleep } from 'node:timers/promises';
import { Bed, FULL } from './bed.js';
import { MemoryRecord } from './processes.js';

/** Far above what the parts need (about 150), far below what they would keep if they waited in memory. */
const MEMORY_MIB = 400;

describe('a store that is away', () => {
  let bed: Bed;

  beforeAll(async () => {
    // Shorter than the store is away: a silence that nobody could have noted is none.
    bed = await Bed.make({ MLE_LOST_AFTER_SECONDS: '3' });
  });
  afterAll(() => bed?.remove());

  it('leaves a busy run to the disk of its machine', async () => {
    const seconds = FULL ? 20 : 4;
    const { store } = bed.product;
    const { api, worker, supervisor } = bed.pids();
    const memory = new MemoryRecord({ api, worker, supervisor });
    const flood = await bed.start({ flood: seconds * 5_000_000, rate: 5 });
    await bed.until('it prints', () => bed.watcher.end(flood.id) > 1_000_000);
    await store.kill('SIGKILL');
    await sleep(seconds * 1000);
    await store.start();
    await bed.oracle.check(flood.id, { state: 'succeeded', attempt: 1 }, 120);
    for (const [part, peak] of Object.entries(memory.peaks()))
      expect({ part, high: peak > MEMORY_MIB, peak }).toEqual({ part, high: false, peak });
  });

  it('takes nothing from a quiet run by short absences one after the other', async () => {
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
