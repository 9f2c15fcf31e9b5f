import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@mle/testing';
import { isAlive, processesWith } from '../../test/processes.js';
import { SupervisorRelay } from '../../test/supervisor-relay.js';
import { TestServer } from '../../test/test-server.js';
import { TestWorker } from '../../test/test-worker.js';

let server: TestServer;
let worker: TestWorker;

beforeEach(async () => {
  server = await TestServer.start();
  worker = new TestWorker(server);
  await worker.start();
});

afterEach(async () => {
  await worker.clear();
  await server.close();
});

/** Prints, and writes the same bytes to a file; notes each start. Ends when the file `end` is there. */
const PRINTER = `import os, sys, time
open("starts", "a").write("x")
copy = open("copy", "wb")
i = 0
while not os.path.exists("end"):
    line = ("line %d " % i + "y" * (i % 300) + "\\n").encode()
    copy.write(line); copy.flush()
    os.write(1, line)
    i += 1
    time.sleep(0.002)
sys.exit(3)
`;

function workspaceOf(pid: number): string {
  return readFileSync(`/proc/${pid}/environ`, 'latin1').match(/(?:^|\0)MLE_OUTPUT_DIR=([^\0]*)\/outputs\//)?.[1] ?? '';
}

test('a killed worker comes back to the same process, and no byte is lost', async () => {
  const run = await server.submit({ 'print.py': PRINTER });
  await until('it prints', () => run.storedBytes > 20_000);
  const pid = run.running?.pid ?? 0;
  const folder = join(workspaceOf(pid), 'workspaces', run.spec.projectId, '0');
  for (let kills = 0; kills < 3; kills++) {
    await worker.signal('SIGKILL');
    const stored = run.storedBytes;
    expect(isAlive(pid)).toBe(true);
    await worker.start();
    await until('it prints on', () => run.storedBytes > stored + 20_000);
  }
  writeFileSync(join(folder, 'end'), '');
  await until('the run is finished', () => run.finished !== null);
  expect(new Set(run.runningPids)).toEqual(new Set([pid]));
  expect(run.finished).toMatchObject({
    outcome: 'exited',
    exitCode: 3,
    outputBytes: run.storedBytes,
    outputSha256: run.sha256,
  });
  const own = readFileSync(join(folder, 'copy'));
  expect(createHash('sha256').update(run.stream('stdout')).digest('hex')).toBe(
    createHash('sha256').update(own).digest('hex'),
  );
  expect(readFileSync(join(folder, 'starts'), 'utf8')).toBe('x');
  expect(run.claims).toBe(1);
});

test('a program that ends while the worker is away keeps its true exit code', async () => {
  const run = await server.submit({ 'print.py': PRINTER });
  await until('it prints', () => run.storedBytes > 1_000);
  const pid = run.running?.pid ?? 0;
  const folder = join(workspaceOf(pid), 'workspaces', run.spec.projectId, '0');
  await worker.signal('SIGKILL');
  writeFileSync(join(folder, 'end'), '');
  await until('the program ends', () => !isAlive(pid));
  await worker.start();
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({ outcome: 'exited', exitCode: 3, outputSha256: run.sha256 });
  expect(run.stream('stdout')).toBe(readFileSync(join(folder, 'copy'), 'utf8'));
});

test('the end of a run may be told before the answer that takes the run up', async () => {
  const run = await server.submit({ 'print.py': PRINTER });
  await until('it prints', () => run.storedBytes > 1_000);
  const folder = join(workspaceOf(run.running?.pid ?? 0), 'workspaces', run.spec.projectId, '0');
  await worker.signal('SIGKILL');
  const relay = await SupervisorRelay.between(worker.dataDir, () => writeFileSync(join(folder, 'end'), ''));
  await worker.start();
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({ outcome: 'exited', exitCode: 3, outputSha256: run.sha256 });
  await until('the worker has forgotten it', () => worker.journal.length === 0);
  relay.cut();
});

test('SIGTERM leaves the runs alive for the next worker @full', async () => {
  const run = await server.submit({ 'print.py': PRINTER });
  await until('it prints', () => run.storedBytes > 1_000);
  const pid = run.running?.pid ?? 0;
  expect(await worker.signal('SIGTERM')).toBe(0);
  expect(server.goodbyes).toBe(1);
  expect(isAlive(pid)).toBe(true);
  await worker.start();
  const stored = run.storedBytes;
  await until('it prints on', () => run.storedBytes > stored);
  await server.stop(run);
  await until('the run is finished', () => run.finished !== null);
  expect(run.runningPids.every((each) => each === pid)).toBe(true);
});

test('without its supervisor a run is killed and reported as such', async () => {
  const run = await server.submit(
    { 'print.sh': 'setsid sleep 607 & echo on; python3 print.py', 'print.py': PRINTER },
    { file: 'print.sh' },
  );
  await until('it prints', () => run.storedBytes > 1_000);
  process.kill(worker.supervisorPid, 'SIGKILL');
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({
    outcome: 'supervisor_lost',
    exitCode: null,
    outputBytes: run.storedBytes,
    outputSha256: run.sha256,
  });
  expect(processesWith(run.spec.runId)).toEqual([]);
  const next = await server.submit({ 'a.py': 'print("next")' });
  await until('the next run is finished', () => next.finished !== null);
  expect(next.stream('stdout')).toBe('next\n');
});

test('worker and supervisor killed together @full', async () => {
  const run = await server.submit({ 'print.py': PRINTER });
  await until('it prints', () => run.storedBytes > 1_000);
  process.kill(worker.supervisorPid, 'SIGKILL');
  await worker.signal('SIGKILL');
  await worker.start();
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({ outcome: 'supervisor_lost', outputSha256: run.sha256 });
  expect(processesWith(run.spec.runId)).toEqual([]);
});

test('a stop that came while the worker was away is done when it is back', async () => {
  const run = await server.submit({ 'print.py': PRINTER });
  await until('it prints', () => run.storedBytes > 1_000);
  await worker.signal('SIGKILL');
  run.stopReason = 'Stopped meanwhile.';
  await worker.start();
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stderr')).toContain('KeyboardInterrupt');
});

test('a run that is over for the server is killed when the worker is back', async () => {
  const run = await server.submit({ 'print.py': PRINTER });
  await until('it prints', () => run.storedBytes > 1_000);
  await worker.signal('SIGKILL');
  run.state = 'gone';
  await worker.start();
  await until('the copy is gone', () => processesWith(run.spec.runId).length === 0 && worker.journal.length === 0);
  expect(run.finished).toBeNull();
});

test('an attempt that was claimed and never spawned is spawned by the next worker @full', async () => {
  const run = server.create({ 'a.py': 'print("late")', 'big.bin': Buffer.alloc(20 * 1024 * 1024, 'z') }, {});
  const kills: Promise<unknown>[] = [];
  server.onChunk = () => {
    if (kills.length === 0) kills.push(worker.signal('SIGKILL'));
  };
  await server.deliver(run);
  await until('the worker is killed during the sync', () => kills.length === 1);
  await Promise.all(kills);
  server.onChunk = null;
  expect(worker.journal).toHaveLength(1);
  await worker.start();
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stdout')).toBe('late\n');
});
