import { until } from '@mle/testing';
import { processesWith } from '../../test/processes.js';
import { TestServer } from '../../test/test-server.js';
import { SHORT_STOP, TestWorker } from '../../test/test-worker.js';

let server: TestServer;
let worker: TestWorker;

beforeAll(async () => {
  server = await TestServer.start();
  worker = new TestWorker(server);
  await worker.start();
});

afterAll(async () => {
  await worker.clear();
  await server.close();
});

test('stop is Ctrl-C first', async () => {
  const run = await server.submit({
    'loop.py':
      'import sys, time\ntry:\n    print("on")\n    time.sleep(600)\nexcept KeyboardInterrupt:\n    print("saving")\n    sys.exit(9)\n',
  });
  await until('it runs', () => run.stream('stdout') === 'on\n');
  await server.stop(run);
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stdout')).toBe('on\nsaving\n');
  expect(run.finished).toMatchObject({ outcome: 'exited', exitCode: 9, signal: null });
});

test('a program that ignores SIGINT and SIGTERM is killed', async () => {
  const own = await TestServer.start();
  const impatient = new TestWorker(own, { env: SHORT_STOP });
  try {
    await impatient.start();
    const run = await own.submit({
      'deaf.py':
        'import signal, time\nfor s in (signal.SIGINT, signal.SIGTERM):\n    signal.signal(s, lambda n, f: print("got", signal.Signals(n).name, flush=True))\nprint("on")\nwhile True:\n    time.sleep(1)\n',
    });
    await until('it runs', () => run.stream('stdout') === 'on\n');
    await own.stop(run);
    await own.stop(run);
    await until('the run is finished', () => run.finished !== null);
    expect(run.stream('stdout')).toBe('on\ngot SIGINT\ngot SIGTERM\n');
    expect(run.finished).toMatchObject({
      outcome: 'exited',
      exitCode: null,
      signal: 'SIGKILL',
      reason: expect.stringContaining('did not end after SIGINT and SIGTERM'),
    });
  } finally {
    await impatient.clear();
    await own.close();
  }
});

test('a child in a session of its own goes with the run', async () => {
  const run = await server.submit({
    'leave.sh': 'setsid sleep 601 &\nsetsid sh -c "trap \'\' TERM INT; sleep 602; sleep 603" &\necho on\nwait\n',
  });
  await until('it runs', () => run.stream('stdout') === 'on\n' && processesWith(run.spec.runId).length >= 4);
  await server.stop(run);
  await until('the run is finished', () => run.finished !== null);
  expect(processesWith(run.spec.runId)).toEqual([]);
});

test('what a program leaves behind ends with it', async () => {
  const run = await server.submit({ 'leave.sh': 'sleep 604 &\nsetsid sleep 605 &\necho done\n' });
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({ outcome: 'exited', exitCode: 0 });
  expect(processesWith(run.spec.runId)).toEqual([]);
});

test('a stop while the files come ends the run before it begins', async () => {
  const stops: Promise<void>[] = [];
  const big = Buffer.alloc(40 * 1024 * 1024, 'x');
  const run = server.create({ 'run.py': 'print("never")', 'big.bin': big }, {});
  server.onChunk = () => {
    if (stops.length === 0) stops.push(server.stop(run));
  };
  await server.deliver(run);
  await until('the run is finished', () => run.finished !== null);
  server.onChunk = null;
  await Promise.all(stops);
  expect(run.finished).toMatchObject({ outcome: 'stopped', exitCode: null, reason: 'Stopped by a person.' });
  expect(run.running).toBeNull();
  expect(run.stream('stdout')).toBe('');
});

test('a discard kills the copy and forgets it', async () => {
  const run = await server.submit({ 'loop.py': 'import time\nprint("on")\ntime.sleep(600)\n' });
  await until('it runs', () => run.stream('stdout') === 'on\n');
  await server.discard(run);
  expect(processesWith(run.spec.runId)).toEqual([]);
  expect(worker.journal).toEqual([]);
  expect(run.finished).toBeNull();
});
