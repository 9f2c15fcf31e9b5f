import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunView } from '@mle/protocol';
import { Follower } from './follower.js';
import { install, type Installation } from './installation.js';
import { PRINTER } from './printer.js';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('a run whose parts are killed', () => {
  let product: Installation;
  let projectId: string;
  let folder: string;

  beforeEach(async () => {
    // The run may have a uid of its own, and writes here.
    folder = await mkdtemp(join(tmpdir(), 'mle-faults-'));
    await chmod(folder, 0o777);
    product = await install({ MLE_LOST_AFTER_SECONDS: '20' });
    projectId = (await product.client.createProject('faults')).id;
    await product.client.putFile(projectId, 'printer.py', PRINTER);
  });
  afterEach(async () => {
    await product?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(seconds: number): Promise<{ run: RunView; follower: Follower }> {
    const run = await product.client.startRun({ projectId, file: 'printer.py', args: [folder, String(seconds)] });
    const follower = new Follower(product.client, run.id);
    await product.client.until(run.id, ({ state, outputBytes }) => state === 'running' && outputBytes >= 0);
    while ((await product.client.output(run.id)).length < 2_000) await sleep(20);
    return { run, follower };
  }

  /** The oracle: what is stored and what a follower saw are what the child wrote, and it began once. */
  async function expectWhole(run: RunView, follower: Follower): Promise<void> {
    const ended = await product.client.ended(run.id, 60);
    expect(ended).toMatchObject({ state: 'succeeded', exitCode: 0, attempt: 1 });
    const copy = await readFile(join(folder, `copy-${run.id}`));
    const whole = Buffer.concat([Buffer.from('Running printer.py\n'), copy]);
    expect(sha256(await product.client.output(run.id))).toBe(sha256(whole));
    expect(sha256(await follower.whole())).toBe(sha256(whole));
    expect(ended).toMatchObject({ outputBytes: whole.length, outputSha256: sha256(whole) });
    expect((await readFile(join(folder, `ledger-${run.id}`), 'utf8')).trim().split('\n')).toHaveLength(1);
  }

  it.each(['worker', 'api', 'store', 'redis'] as const)('ends with every byte when the %s is killed', async (part) => {
    const { run, follower } = await start(3);
    await product[part].kill('SIGKILL');
    await sleep(500);
    await product[part].start();
    await expectWhole(run, follower);
  });

  it('ends with every byte when all of them are killed, one after the other', async () => {
    const { run, follower } = await start(6);
    for (const part of ['worker', 'api', 'store', 'redis'] as const) {
      await product[part].kill('SIGKILL');
      await product[part].start();
    }
    await expectWhole(run, follower);
  });

  it('starts runs that waited in Redis when it comes back empty', async () => {
    const { run, follower } = await start(2);
    const waiting = await product.client.startRun({ projectId, file: 'printer.py', args: [folder, '0.1'] });
    await product.redis.kill('SIGKILL');
    await product.redis.start();
    await expectWhole(run, follower);
    expect((await product.client.ended(waiting.id, 60)).state).toBe('succeeded');
  });
});
