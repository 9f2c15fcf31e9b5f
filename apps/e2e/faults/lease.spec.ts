import { join } from 'node:path';
import type { MachineView, Page, PoolView } from '@mle/protocol';
import { Bed, FULL } from './bed.js';
import { isAlive, supervisorOf } from './processes.js';

/** Long enough that a busy computer is not taken for one that is gone. */
const LOST_AFTER = 5;

describe('a machine that does not answer', () => {
  let bed: Bed;

  beforeAll(async () => {
    bed = await Bed.make({ MLE_LOST_AFTER_SECONDS: String(LOST_AFTER) }, { workers: 2 });
  });
  afterAll(() => bed?.remove());

  async function lost(runId: string, since: number): Promise<void> {
    await bed.product.client.until(runId, (run) => run.attempts[0]?.state === 'lost');
    // Two seconds are promised of a computer that does nothing else.
    if (FULL) expect((Date.now() - since) / 1000).toBeLessThan(LOST_AFTER + 2);
  }

  it('loses the runs of a host that is gone, and tries again on another of the pool, as the policy says @full', async () => {
    const { client, folder, workers } = bed.product;
    const { items: machines } = await client.json<Page<MachineView>>('GET', 'machines');
    const pool = await client.json<PoolView>('POST', 'pools', {
      name: 'both',
      machineIds: machines.map(({ id }) => id),
    });
    const { run, pid } = await bed.printing(
      { seconds: 60 },
      { target: { poolId: pool.id }, retry: { max: 1, on: 'loss', backoffSeconds: 0 } },
    );
    const host = run.machineName === 'this computer' ? 0 : 1;
    const since = Date.now();
    await workers[host]?.kill('SIGKILL');
    for (const each of [supervisorOf(join(folder, host === 0 ? 'worker' : 'worker-1')), pid])
      process.kill(each, 'SIGKILL');
    await lost(run.id, since);
    await bed.until('the second attempt prints', () => bed.watcher.end(run.id, 2) > 60);
    const again = await client.run(run.id);
    expect(again).toMatchObject({ attempt: 2, attempts: [{ machineId: run.machineId }, {}] });
    expect(again.machineId).not.toBe(run.machineId);
    await client.stopRun(run.id);
    await workers[host]?.start();
    await bed.oracle.check(run.id, { state: 'stopped', attempt: 2 });
  });

  it('does not try again where the policy does not say so @full', async () => {
    const { worker, folder } = bed.product;
    const { run, pid } = await bed.printing({ seconds: 60 });
    await worker.kill('SIGKILL');
    for (const each of [supervisorOf(join(folder, 'worker')), pid]) process.kill(each, 'SIGKILL');
    await bed.oracle.check(run.id, { state: 'lost', attempt: 1 });
    await worker.start();
  });

  it('takes nothing from a worker that slept past its lease, and leaves one process tree @full', async () => {
    const { worker } = bed.product;
    const { run, pid } = await bed.printing({ seconds: 120 }, { retry: { max: 1, on: 'loss', backoffSeconds: 0 } });
    const since = Date.now();
    worker.signal('SIGSTOP');
    await lost(run.id, since);
    const stored = (await bed.product.client.output(run.id, '?attempt=1')).length;
    expect(isAlive(pid)).toBe(true);
    worker.signal('SIGCONT');
    await bed.until('the second attempt prints', () => bed.watcher.end(run.id, 2) > 60, 60);
    expect(isAlive(pid)).toBe(false);
    expect((await bed.product.client.output(run.id, '?attempt=1')).length).toBe(stored);
    await bed.product.client.stopRun(run.id);
    await bed.oracle.check(run.id, { state: 'stopped', attempt: 2 });
  });
});
