import { join } from 'node:path';
import { Bed, FULL } from './bed.js';
import { isAlive, supervisorOf } from './processes.js';

const LOST_AFTER = FULL ? 5 : 3;

describe('a machine that does not answer', () => {
  let bed: Bed;

  beforeAll(async () => {
    bed = await Bed.make({ MLE_LOST_AFTER_SECONDS: String(LOST_AFTER) });
  });
  afterAll(() => bed?.remove());

  /** How long after the fault the run was over, in seconds. */
  async function lost(runId: string, since: number): Promise<number> {
    await bed.product.client.until(runId, (run) => run.attempts[0]?.state === 'lost', 60);
    return (Date.now() - since) / 1000;
  }

  it('loses the runs of a host that is gone, and tries again as the policy says', async () => {
    const { worker, folder } = bed.product;
    const { run, pid } = await bed.printing({ seconds: 60 }, { retry: { max: 1, on: 'loss', backoffSeconds: 0 } });
    const since = Date.now();
    await worker.kill('SIGKILL');
    for (const each of [supervisorOf(join(folder, 'worker')), pid]) process.kill(each, 'SIGKILL');
    expect(await lost(run.id, since)).toBeLessThan(LOST_AFTER + 2);
    const again = await bed.product.client.run(run.id);
    expect(again).toMatchObject({ attempt: 2, attempts: [{ state: 'lost' }, {}] });
    await worker.start();
    await bed.until('the second attempt prints', () => bed.watcher.end(run.id, 2) > 200);
    await bed.product.client.stopRun(run.id);
    await bed.oracle.check(run.id, { state: 'stopped', attempt: 2 });
  });

  it('takes nothing from a worker that slept past its lease, and leaves one process tree', async () => {
    const { worker } = bed.product;
    const { run, pid } = await bed.printing({ seconds: 120 }, { retry: { max: 1, on: 'loss', backoffSeconds: 0 } });
    const since = Date.now();
    worker.signal('SIGSTOP');
    expect(await lost(run.id, since)).toBeLessThan(LOST_AFTER + 2);
    const stored = (await bed.product.client.output(run.id, '?attempt=1')).length;
    expect(isAlive(pid)).toBe(true);
    worker.signal('SIGCONT');
    await bed.until('the second attempt prints', () => bed.watcher.end(run.id, 2) > 200, 60);
    expect(isAlive(pid)).toBe(false);
    expect((await bed.product.client.output(run.id, '?attempt=1')).length).toBe(stored);
    await bed.product.client.stopRun(run.id);
    await bed.oracle.check(run.id, { state: 'stopped', attempt: 2 });
  });
});
