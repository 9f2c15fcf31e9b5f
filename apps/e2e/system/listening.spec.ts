import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineView } from '@mle/protocol';
import { install, type Installation, Program, ROOT } from '@mle/testing';
import { PRINTER } from './printer.js';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A worker that the server dials, with a folder where its programs leave what they printed. */
async function listen(): Promise<{ worker: Program; dataDir: string; witness: string; clear: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'mle-listening-'));
  const [dataDir, witness] = [join(folder, 'worker'), join(folder, 'witness')];
  await mkdir(witness);
  const args = [
    join(ROOT, 'dist/apps/worker/worker.mjs'),
    '--listen',
    '0',
    '--listen-host',
    '127.0.0.1',
    '--data',
    dataDir,
    '--name',
    'lab computer',
    '--no-isolation',
  ];
  const worker = new Program({
    command: process.execPath,
    args,
    ready: /address\s+\S+[^]*fingerprint\s+\S+[^]*token\s+\S/,
  });
  return {
    worker,
    dataDir,
    witness,
    clear: async () => {
      await worker.kill('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe('a machine that the server dials', () => {
  let product: Installation;
  let lab: Awaited<ReturnType<typeof listen>>;
  let machine: MachineView;
  let projectId: string;

  beforeAll(async () => {
    [product, lab] = await Promise.all([install(), listen()]);
    await lab.worker.start();
    const [, url, fingerprint] = /address\s+(\S+)[^]*fingerprint\s+(\S+)/.exec(lab.worker.output) ?? [];
    const token = (await readFile(join(lab.dataDir, 'listen-token'), 'utf8')).trim();
    machine = await product.client.json<MachineView>('POST', 'machines/connect', { url, fingerprint, token });
    projectId = (await product.client.createProject('over the reversed link')).id;
    await product.client.putFile(projectId, 'printer.py', PRINTER);
    await product.client.putFile(
      projectId,
      'wait.py',
      'import time\ntry:\n    print("begun", flush=True)\n    time.sleep(600)\nexcept KeyboardInterrupt:\n    print("interrupted")\n    raise\n',
    );
  });
  afterAll(async () => {
    await lab?.clear();
    await product?.stop();
  });

  it('runs a program and stops it as Ctrl-C does', async () => {
    const { client } = product;
    expect(machine).toMatchObject({ name: 'lab computer', state: 'online', connection: 'dialled-out' });
    const { id } = await client.startRun({ projectId, file: 'wait.py', target: { machineId: machine.id } });
    await client.until(id, ({ state }) => state === 'running');
    // With its end: print writes that by itself, and a stop may come before.
    while (!(await client.output(id)).includes('begun\n')) await sleep(20);
    await client.stopRun(id);
    expect(await client.ended(id)).toMatchObject({
      state: 'stopped',
      machineName: 'lab computer',
      reason: 'stopped by the user',
    });
    expect((await client.output(id, '?stream=stdout')).toString()).toBe('begun\ninterrupted\n');
  });

  it('is dialled again after the server was killed, and no byte of the run in progress is missing @full', async () => {
    const { client, api } = product;
    const { id } = await client.startRun({
      projectId,
      file: 'printer.py',
      args: [lab.witness, '5'],
      target: { machineId: machine.id },
    });
    while ((await client.output(id)).length < 5_000) await sleep(20);
    await api.kill();
    await api.start();
    const run = await client.ended(id, 50);
    expect(run).toMatchObject({ state: 'succeeded', attempt: 1, machineName: 'lab computer' });
    const printed = await readFile(join(lab.witness, `copy-${id}`));
    expect(sha256(await client.output(id, '?stream=stdout'))).toBe(sha256(printed));
    expect(run.outputSha256).toBe(sha256(await client.output(id)));
    expect((await readFile(join(lab.witness, `ledger-${id}`), 'utf8')).trim().split('\n')).toHaveLength(1);
    expect(await client.json('GET', `machines/${machine.id}`)).toMatchObject({
      state: 'online',
      connectionError: null,
    });
  });
});
