import { createHash } from 'node:crypto';
import { until } from '@mle/testing';
import { extendLock, moveStalledJobsToWait, moveToActive, moveToFinished } from '../../../test/bull-scripts.js';
import { TestServer } from '../../../test/test-server.js';
import { TestWorker } from '../../../test/test-worker.js';

let server: TestServer;
let worker: TestWorker;

beforeEach(async () => {
  server = await TestServer.start();
  worker = new TestWorker(server);
});

afterEach(async () => {
  await worker.clear();
  await server.close();
});

const LOOP = { 'loop.py': 'import time\nprint("on")\ntime.sleep(600)\n' };

test('takes no more runs than it has slots, and the next when one is free', async () => {
  server.settings.slots = 2;
  await worker.start();
  const runs = [
    await server.submit(LOOP),
    await server.submit(LOOP),
    await server.submit({ 'a.py': 'print("third")' }),
  ];
  await until('two run', () => runs.filter((run) => run.stream('stdout') === 'on\n').length === 2);
  expect(await server.queue.getWaitingCount()).toBe(1);
  expect(runs[2]?.claims).toBe(0);
  const first = runs.find((run) => run.running !== null);
  if (first !== undefined) await server.stop(first);
  await until('the third is finished', () => runs[2]?.finished !== null);
  expect(runs[2]?.stream('stdout')).toBe('third\n');
});

test('more slots are used at once', async () => {
  await worker.start();
  const runs = [await server.submit(LOOP), await server.submit(LOOP)];
  await until('one runs', () => runs.some((run) => run.stream('stdout') === 'on\n'));
  server.apply({ slots: 2 });
  await until('both run', () => runs.every((run) => run.stream('stdout') === 'on\n'));
});

test('a draining machine asks for nothing, also when it had begun to wait @full', async () => {
  await worker.start();
  await until('it waits for a delivery', () => server.pipe.commands.some(([name]) => name === 'bzpopmin'));
  expect(server.pipe.opened).toBe(2);
  server.apply({ draining: true });
  // The blocking command ends with its connection.
  await until('the wait is cancelled', () => server.pipe.openNow === 0);
  const run = await server.submit({ 'a.py': 'print("later")' });
  const beats = server.heartbeats.length;
  await until('two heartbeats went by', () => server.heartbeats.length >= beats + 2);
  expect(run.claims).toBe(0);
  server.apply({ draining: false });
  await until('the run is finished', () => run.finished !== null);
});

test('a second delivery of a journaled attempt is settled and ignored @full', async () => {
  server.settings.slots = 2;
  await worker.start();
  const run = await server.submit({
    'loop.py': 'import time\nopen("starts", "a").write("x")\nprint(open("starts").read())\ntime.sleep(600)\n',
  });
  await until('it runs', () => run.stream('stdout') === 'x\n');
  await server.deliver(run);
  await until(
    'the delivery is settled',
    async () =>
      (await server.queue.getJobCounts('waiting', 'active'))['waiting'] === 0 &&
      (await server.queue.getActiveCount()) === 0,
  );
  expect(run.claims).toBe(1);
  await server.stop(run);
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stdout')).toBe('x\n');
});

test('a delivery that is out of date is settled', async () => {
  await worker.start();
  server.onClaim = () => Promise.resolve('gone');
  const old = await server.submit({ 'a.py': '' });
  // In the order in which it goes through them: between the counts it may have moved on.
  await until(
    'the delivery is settled',
    async () => (await server.queue.getWaitingCount()) === 0 && (await server.queue.getActiveCount()) === 0,
  );
  server.onClaim = null;
  await until('the journal is empty', () => worker.journal.length === 0);
  const next = await server.submit({ 'a.py': 'print("next")' });
  await until('the next is finished', () => next.finished !== null);
  expect(old.finished).toBeNull();
});

test('a delivery that a killed worker held comes again @full', async () => {
  await worker.start();
  let asked = 0;
  server.onClaim = () => {
    asked++;
    return new Promise(() => undefined);
  };
  const run = await server.submit({ 'a.py': 'print("once")' });
  await until('it is claimed', () => asked > 0);
  await worker.signal('SIGKILL');
  server.onClaim = null;
  // The server knows nothing of the attempt: it was never won.
  server.forgetVerdicts = true;
  await worker.start();
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stdout')).toBe('once\n');
});

test('goes on when the queue connections are cut', async () => {
  await worker.start();
  const first = await server.submit({ 'a.py': 'print("first")' });
  await until('the first is finished', () => first.finished !== null);
  server.pipe.cut();
  const second = await server.submit({ 'a.py': 'print("second")' });
  await until('the second is finished', () => second.finished !== null);
});

test('sends the gate nothing but the commands and scripts of its list @full', async () => {
  await worker.start();
  await until('it waits for a delivery', () => server.pipe.commands.some(([name]) => name === 'bzpopmin'));
  const run = await server.submit({ 'a.py': 'print("hello")' });
  await until('the first is finished', () => run.finished !== null);
  const lockWasExtended = (): boolean => server.pipe.commands.some(([, text]) => text === extendLock);
  server.onClaim = async () => {
    await until('the lock was extended', lockWasExtended);
    return null;
  };
  const slow = await server.submit({ 'a.py': 'print("slow claim")' });
  await until('the second is finished', () => slow.finished !== null);
  server.pipe.cut();
  await worker.signal('SIGTERM');
  const names = new Set(server.pipe.commands.map(([name]) => name?.toLowerCase()));
  expect([...names].sort()).toEqual(['bzpopmin', 'eval', 'evalsha']);
  const texts = [moveToActive, moveToFinished, moveStalledJobsToWait, extendLock];
  const allowed = new Set([...texts, ...texts.map((text) => createHash('sha1').update(text).digest('hex'))]);
  for (const [name, script] of server.pipe.commands)
    if (name?.toLowerCase().startsWith('eval') === true) expect(allowed.has(script ?? '')).toBe(true);
  const used = new Set(
    server.pipe.commands
      .filter(([name]) => name?.toLowerCase() === 'eval')
      .map(([, text]) => texts.indexOf(text ?? '')),
  );
  expect(used).toEqual(new Set([0, 1, 2, 3]));
});
