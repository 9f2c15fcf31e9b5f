import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { install, type Installation } from '@mle/testing';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('a run by REST', () => {
  let product: Installation;
  let projectId: string;

  beforeAll(async () => {
    product = await install();
    projectId = (await product.client.createProject('first')).id;
  });
  afterAll(() => product?.stop());

  async function runFile(path: string, code: string) {
    await product.client.putFile(projectId, path, code);
    return product.client.startRun({ projectId, file: path });
  }

  it('prints hello world', async () => {
    const { client } = product;
    const machine = await client.machine();
    await client.putFile(projectId, 'run.py', 'print("hello world")\n');
    const created = await client.startRun({ projectId, file: 'run.py', target: { machineId: machine.id } });
    expect(created).toMatchObject({ number: 1, state: 'queued', attempt: 1, machineId: machine.id });
    const run = await client.ended(created.id);
    expect(run).toMatchObject({ state: 'succeeded', exitCode: 0, signal: null, machineName: 'this computer' });
    expect(run.durationMs).toBeGreaterThan(0);
    const output = await client.output(run.id);
    expect(output.toString()).toBe('Running run.py\nhello world\n');
    expect(run).toMatchObject({ outputBytes: output.length, outputSha256: sha256(output) });
    expect((await client.output(run.id, '?stream=stdout')).toString()).toBe('hello world\n');
    expect((await client.output(run.id, '?from=15&to=20')).toString()).toBe('hello');
    expect(await client.output(run.id, '?from=999999')).toHaveLength(0);
    expect((await client.fetch(`runs/${run.id}/output?from=5&to=2`)).status).toBe(400);
    expect((await client.fetch('runs?cursor=x')).status).toBe(400);
    expect(run.attempts[0]?.history.map(({ state }) => state)).toEqual([
      'queued',
      'assigned',
      'preparing',
      'running',
      'succeeded',
    ]);
  });

  it('follows the output while it comes, line by line', async () => {
    const seen = await mkdtemp(join(tmpdir(), 'mle-seen-'));
    await chmod(seen, 0o755);
    // Each line has to be seen before the program prints the next one.
    const run = await runFile(
      'ticks.py',
      `import os, time\nfor i in range(5):\n    print("tick", i)\n    while not os.path.exists("${seen}/%d" % i): time.sleep(0.01)\n`,
    );
    const response = await product.client.fetch(`runs/${run.id}/output?follow=true&stream=stdout`);
    let text = '';
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(piece).toString();
      const last = /tick (\d)\n$/.exec(text)?.[1];
      if (last !== undefined) await writeFile(join(seen, last), '');
    }
    expect(text).toBe(Array.from({ length: 5 }, (_, i) => `tick ${i}\n`).join(''));
    expect((await product.client.ended(run.id)).state).toBe('succeeded');
    await rm(seen, { recursive: true });
  });

  it('shows the traceback and the exit code of a script that fails', async () => {
    const run = await product.client.ended((await runFile('bad.py', 'raise ValueError("no luck")\n')).id);
    expect(run).toMatchObject({ state: 'failed', exitCode: 1 });
    expect((await product.client.output(run.id, '?stream=stderr')).toString()).toMatch(
      /Traceback[\s\S]*ValueError: no luck/,
    );
  });

  it('stops a run as Ctrl-C does', async () => {
    const code =
      'import time\ntry:\n    print("begun", flush=True)\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print("interrupted")\n    raise\n';
    const run = await runFile('long.py', code);
    while (!(await product.client.output(run.id)).includes('begun')) await sleep(20);
    expect((await product.client.stopRun(run.id)).state).toBe('stopping');
    const ended = await product.client.ended(run.id);
    expect(ended).toMatchObject({ state: 'stopped', reason: 'stopped by the user' });
    expect((await product.client.output(run.id)).toString()).toContain('interrupted\n');
  });

  it('stops a run that waits, at once', async () => {
    const first = await runFile('sleep.py', 'import time\ntime.sleep(60)\n');
    await product.client.until(first.id, ({ state }) => state === 'running');
    const waiting = await product.client.startRun({ projectId, file: 'sleep.py' });
    expect(await product.client.run(waiting.id)).toMatchObject({
      state: 'queued',
      place: 1,
      waitReason: 'It is next on this computer.',
    });
    expect(await product.client.stopRun(waiting.id)).toMatchObject({ state: 'stopped', startedAt: null });
    await product.client.stopRun(first.id);
    expect((await product.client.ended(first.id)).state).toBe('stopped');
  });

  it('says on stderr why a command cannot run', async () => {
    const run = await product.client.ended((await runFile('data.csv', 'a,b\n')).id);
    expect(run.state).toBe('failed');
    expect((await product.client.output(run.id, '?stream=stderr')).toString()).toMatch(/data\.csv/);
  });

  it('answers the same run to the same Idempotency-Key', async () => {
    const request = { projectId, file: 'run.py' };
    const [a, b] = await Promise.all([1, 2].map(() => product.client.startRun(request, { 'idempotency-key': 'once' })));
    expect(a?.id).toBe(b?.id);
    const other = await product.client.fetch('runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'once' },
      body: JSON.stringify({ ...request, seed: 1 }),
    });
    expect(other.status).toBe(422);
    await product.client.ended(a?.id ?? '');
  });
});
