import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bed, FULL } from './bed.js';
import { isAlive, supervisorOf } from './processes.js';

describe('a worker that is killed', () => {
  let bed: Bed;

  beforeAll(async () => {
    bed = await Bed.make();
  });
  afterAll(() => bed?.remove());

  it('finds its program again, which never noticed', async () => {
    const { worker, client } = bed.product;
    // It prints until it is stopped: a busy computer takes its time to start a worker.
    const { run, pid } = await bed.printing({ seconds: 600 });
    await worker.kill('SIGKILL');
    await sleep(300);
    const before = bed.watcher.end(run.id);
    const restarted = Date.now();
    await worker.start();
    await bed.until('its output goes on', () => bed.watcher.end(run.id) > before);
    // Two seconds are promised of a computer that does nothing else.
    if (FULL) expect(Date.now() - restarted).toBeLessThan(2_000);
    expect(isAlive(pid)).toBe(true);
    await client.stopRun(run.id);
    await bed.oracle.check(run.id, { state: 'stopped', exitCode: 0, attempt: 1 });
    expect(await bed.pidOf(run.id)).toBe(pid);
  });

  it('reports the true exit code of a program that ended meanwhile', async () => {
    const { worker } = bed.product;
    const { run, pid } = await bed.printing({ seconds: 1, exit: 7 });
    await worker.kill('SIGKILL');
    await bed.until('the program ends', () => !isAlive(pid));
    await worker.start();
    await bed.oracle.check(run.id, { state: 'failed', exitCode: 7, signal: null, attempt: 1 });
  });

  it('does not start again what it had ended and not yet reported when it is killed many times', async () => {
    const { worker } = bed.product;
    const { run } = await bed.printing({ seconds: 3 });
    for (const alive of [0, 50, 150, 300]) {
      await worker.kill('SIGKILL');
      await worker.start();
      await sleep(alive);
    }
    await bed.oracle.check(run.id, { state: 'succeeded', attempt: 1 });
  });

  it('kills the program and calls the run lost when the supervisor is killed', async () => {
    const { run, pid } = await bed.printing({ seconds: 60 });
    process.kill(supervisorOf(join(bed.product.folder, 'worker')), 'SIGKILL');
    await bed.oracle.check(run.id, { state: 'lost', attempt: 1 });
    expect(isAlive(pid)).toBe(false);
    const next = await bed.start({ seconds: 0.2 });
    await bed.oracle.check(next.id, { state: 'succeeded' });
  });

  it('leaves a stopped run no process, though one ignores signals in a session of its own', async () => {
    const { run } = await bed.printing({ seconds: 60, stubborn: true, stray: true });
    await bed.product.client.stopRun(run.id);
    await bed.oracle.check(run.id, { state: 'stopped', attempt: 1 });
  });
});
