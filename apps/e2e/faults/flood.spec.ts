import { LIMITS } from '@mle/protocol';
import { Bed } from './bed.js';
import { MemoryRecord } from './processes.js';

/** Above what a part needs at rest (60 to 150), and far below one flood. */
const MEMORY_MIB = 512;
/** Of what passes the quota the worker keeps so much of the end. */
const TAIL_BYTES = 64 * 1024;

describe('a program that prints as fast as its pipe takes it', () => {
  let bed: Bed;

  beforeAll(async () => {
    bed = await Bed.make();
    await bed.product.client.json('PATCH', `machines/${(await bed.product.client.machine()).id}`, { slots: 2 });
  });
  afterAll(() => bed?.remove());

  function expectSmall(memory: MemoryRecord): void {
    const peaks = memory.peaks();
    process.stderr.write(`memory in MiB: ${JSON.stringify(peaks)}\n`);
    for (const [part, peak] of Object.entries(peaks))
      expect({ part, peak, high: peak > MEMORY_MIB }).toEqual({ part, peak, high: false });
  }

  it('may print a line of 50 MB', async () => {
    const memory = new MemoryRecord(bed.pids());
    const run = await bed.start({ flood: 50_000_000, lineBytes: 0 });
    await bed.oracle.check(run.id, { state: 'succeeded' }, 120);
    expectSmall(memory);
  });

  it('passes its quota, goes on to its end, and takes nothing from other runs', async () => {
    const memory = new MemoryRecord(bed.pids());
    const quota = LIMITS.outputQuotaBytes;
    const missing = 100_000_000;
    const kept = quota + TAIL_BYTES;
    const run = await bed.start({ flood: kept + missing, ends: { head: quota, tail: TAIL_BYTES } });
    await bed.until('it prints', () => bed.watcher.end(run.id) > 1_000_000);
    const quiet = await bed.start({ seconds: 5, pause: 0.01 });
    await bed.oracle.check(quiet.id, { state: 'succeeded' });
    const ended = await bed.oracle.check(run.id, { state: 'succeeded', exitCode: 0 }, 1_000, kept);
    const said = (await bed.product.client.output(run.id, '?stream=system')).toString();
    expect(said).toContain(
      `${missing} bytes of output are missing here, from byte ${quota} to ${quota + missing} of what the program wrote: they passed the quota`,
    );
    expect(ended.outputBytes).toBe(kept + Buffer.byteLength(said));
    expectSmall(memory);
  });
});
