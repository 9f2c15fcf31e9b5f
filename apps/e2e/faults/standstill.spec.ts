import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bed, FULL } from './bed.js';
import { isAlive } from './processes.js';

describe('a worker that stands still', () => {
  let bed: Bed;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mle-block-'));
  });
  afterEach(async () => {
    await bed?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts nothing twice and loses no byte, though its event loop is blocked for long', async () => {
    const seconds = FULL ? 60 : 8;
    const block = join(folder, 'block.mjs');
    writeFileSync(
      block,
      `process.on('SIGUSR2', () => { for (const end = Date.now() + ${seconds * 1000}; Date.now() < end; ); });`,
    );
    bed = await Bed.make(
      { MLE_LOST_AFTER_SECONDS: String(seconds + 30) },
      { nodeArgs: (part) => (part === 'worker' ? ['--import', block] : []) },
    );
    const { run, pid } = await bed.printing({ seconds: seconds + 6, pause: 0.05 });
    // This one's delivery comes while nobody listens.
    const waiting = await bed.start({ seconds: 0.2 });
    bed.product.worker.signal('SIGUSR2');
    await sleep(1_000);
    const late = await bed.start({ seconds: 0.2 });
    expect(isAlive(pid)).toBe(true);
    await bed.oracle.check(run.id, { state: 'succeeded', attempt: 1 }, seconds + 60);
    await bed.oracle.check(waiting.id, { state: 'succeeded', attempt: 1 });
    await bed.oracle.check(late.id, { state: 'succeeded', attempt: 1 });
  });

  it('kills a silent program whose run was lost while its link stood', async () => {
    bed = await Bed.make({ MLE_LOST_AFTER_SECONDS: '5' });
    const { worker } = bed.product;
    const { run, pid } = await bed.printing({ seconds: 120, pause: 100 });
    worker.signal('SIGSTOP');
    await bed.product.client.until(run.id, ({ state }) => state === 'lost', 60);
    // Sooner than the pings of the link notice.
    worker.signal('SIGCONT');
    await bed.until('the copy is killed', () => !isAlive(pid), 20);
    await bed.oracle.check(run.id, { state: 'lost', attempt: 1 });
  });
});

it('a run goes on where the server sleeps for longer than its machine may be silent, as a closed laptop does', async () => {
  const bed = await Bed.make({ MLE_LOST_AFTER_SECONDS: '10' });
  try {
    const { api } = bed.product;
    const { run, pid } = await bed.printing({ seconds: 40, pause: 0.1 });
    // It stands still, and finds the clock far ahead when it goes on.
    api.signal('SIGSTOP');
    await sleep(20_000);
    expect(isAlive(pid)).toBe(true);
    api.signal('SIGCONT');
    await bed.oracle.check(run.id, { state: 'succeeded', attempt: 1 }, 120);
  } finally {
    await bed.remove();
  }
});
