import { until } from '@mle/testing';
import { processesWith } from '../../test/processes.js';
import { TestServer } from '../../test/test-server.js';
import { TestWorker } from '../../test/test-worker.js';

let server: TestServer;
let worker: TestWorker;

beforeEach(async () => {
  server = await TestServer.start();
  worker = new TestWorker(server, { lifeline: true });
  await worker.start();
});

afterEach(async () => {
  await worker.clear();
  await server.close();
});

const LOOP =
  'import sys, time\ntry:\n    print("on")\n    time.sleep(600)\nexcept KeyboardInterrupt:\n    print("saved")\n    sys.exit(4)\n';

test.each([
  ['the word stop', () => worker.lifeline('stop')],
  ['the end of the pipe', () => worker.lifeline(null)],
  ['SIGTERM', () => void process.kill(worker.pid, 'SIGTERM')],
])('%s stops the runs, delivers their output and ends everything', async (_name, act) => {
  const run = await server.submit({ 'loop.py': LOOP });
  await until('it runs', () => run.stream('stdout') === 'on\n');
  const supervisor = worker.supervisorPid;
  act();
  expect(await worker.exited()).toBe(0);
  expect(run.finished).toMatchObject({
    outcome: 'stopped',
    exitCode: 4,
    reason: 'server shut down',
    outputSha256: run.sha256,
  });
  expect(run.stream('stdout')).toBe('on\nsaved\n');
  expect(server.goodbyes).toBe(1);
  expect(processesWith(run.spec.runId)).toEqual([]);
  await until('the supervisor is gone', () => !processesWith('supervise').includes(supervisor));
});

test('the word kill ends everything at once', async () => {
  const run = await server.submit({ 'deaf.sh': 'trap "" INT TERM\necho on\nwhile :; do sleep 1; done\n' });
  await until('it runs', () => run.stream('stdout') === 'on\n');
  worker.lifeline('kill');
  expect(await worker.exited()).toBe(0);
  expect(processesWith(run.spec.runId)).toEqual([]);
  expect(processesWith(worker.dataDir)).toEqual([]);
});

test('kill after stop ends what ignores the stop', async () => {
  const run = await server.submit({
    'deaf.sh': 'trap "echo int" INT\ntrap "" TERM\necho on\nwhile :; do sleep 1; done\n',
  });
  await until('it runs', () => run.stream('stdout') === 'on\n');
  worker.lifeline('stop');
  await until('the stop has begun', () => run.stream('stdout').includes('int'));
  worker.lifeline('kill');
  expect(await worker.exited()).toBe(0);
  expect(processesWith(run.spec.runId)).toEqual([]);
});

test('without a server the end is kept for the next start @full', async () => {
  const run = await server.submit({ 'loop.py': LOOP });
  await until('it runs', () => run.stream('stdout') === 'on\n');
  server.refusal = new Error('The server could not check the credential.');
  server.cutLink();
  worker.lifeline(null);
  expect(await worker.exited()).toBe(0);
  expect(processesWith(run.spec.runId)).toEqual([]);
  expect(run.finished).toBeNull();
  expect(worker.journal).toHaveLength(1);
  server.refusal = null;
  await worker.start();
  await until('the end is reported', () => run.finished !== null);
  expect(run.finished).toMatchObject({
    outcome: 'stopped',
    exitCode: 4,
    reason: 'server shut down',
    outputSha256: run.sha256,
  });
});
