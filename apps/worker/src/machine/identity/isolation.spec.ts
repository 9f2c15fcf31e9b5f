import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from '@mle/testing';
import { processesWith } from '../../../test/processes.js';
import { TestServer } from '../../../test/test-server.js';
import { TestWorker } from '../../../test/test-worker.js';

let server: TestServer;

beforeEach(async () => {
  server = await TestServer.start();
});

afterEach(async () => {
  await server.close();
});

const WHO =
  'id -u; cat "$1"/credential || echo closed; ls "$1"/attempts || echo closed; ls "$1"/cache || echo closed; echo $HOME; touch $HOME/a in-workspace && echo written';

async function who(worker: TestWorker): Promise<string[]> {
  const run = await server.submit({ 'who.sh': WHO }, { args: [worker.dataDir] });
  await until('the run is finished', () => run.finished !== null);
  return run.stream('stdout').trim().split('\n');
}

const isRoot = process.getuid?.() === 0;

test('with root a run has a uid of its own, and the data directory is closed to it', async () => {
  const worker = new TestWorker(server);
  try {
    await worker.start();
    const [uid, ...rest] = await who(worker);
    expect(server.hellos[0]?.inventory.isolated).toBe(isRoot);
    if (isRoot) {
      expect(Number(uid)).toBeGreaterThan(1000);
      expect(rest).toEqual(['closed', 'closed', 'closed', expect.stringMatching(/homes\/[0-9a-f]{24}\/0$/), 'written']);
    } else {
      expect(Number(uid)).toBe(process.getuid?.());
    }
  } finally {
    await worker.clear();
  }
});

test('a program learns the name of its user', async () => {
  const worker = new TestWorker(server);
  try {
    await worker.start();
    const run = await server.submit({ 'who.py': 'import getpass; print(getpass.getuser())' });
    await until('the run is finished', () => run.finished !== null);
    expect(run.stream('stdout').trim()).toBe(isRoot ? 'mle0' : userInfo().username);
  } finally {
    await worker.clear();
  }
});

test('a descriptor that the worker was started with reaches no program', async () => {
  const from = openSync('/etc/hostname', 'r');
  const worker = new TestWorker(server, { leaked: { from, as: 20 } });
  try {
    await worker.start();
    const run = await server.submit({
      'a.sh': 'for fd in 3 4 20; do test -e /proc/$$/fd/$fd && echo $fd; done; echo on',
    });
    await until('the run is finished', () => run.finished !== null);
    expect(run.stream('stdout')).toBe('on\n');
  } finally {
    closeSync(from);
    await worker.clear();
  }
});

test('where its folders cannot be reached, they are made elsewhere', async () => {
  const worker = new TestWorker(server);
  let elsewhere: string | null = null;
  try {
    chmodSync(join(worker.dataDir, '..'), 0o700);
    await worker.start();
    const [uid, ...rest] = await who(worker);
    if (isRoot) {
      expect(Number(uid)).toBeGreaterThan(1000);
      expect(rest.at(-2)).toMatch(/^\/var\/(lib|tmp)\/mle-worker\//);
      expect(rest.at(-1)).toBe('written');
      expect(statSync(worker.dataDir).mode & 0o777).toBe(0o700);
      elsewhere = dirname(dirname(rest.at(-2) ?? ''));
      expect(existsSync(elsewhere)).toBe(true);
    }
  } finally {
    await worker.clear();
  }
  // They go with the data directory.
  expect(elsewhere !== null && existsSync(elsewhere)).toBe(false);
});

test('without isolation runs are what the worker is', async () => {
  const worker = new TestWorker(server, { args: ['--no-isolation'] });
  try {
    await worker.start();
    expect(server.hellos[0]?.inventory.isolated).toBe(false);
    const [uid] = await who(worker);
    expect(Number(uid)).toBe(process.getuid?.());
  } finally {
    await worker.clear();
  }
});

test('a worker of a plain user runs programs as that user', async () => {
  const uid = isRoot ? 54_321 : (process.getuid?.() ?? 0);
  const worker = new TestWorker(
    server,
    isRoot ? { uid, env: { HOME: '/tmp', PATH: '/usr/local/bin:/usr/bin:/bin' } } : {},
  );
  try {
    await worker.start();
    expect(server.hellos[0]?.inventory.isolated).toBe(false);
    const run = await server.submit({ 'a.sh': 'id -u; setsid sleep 611 & echo on; sleep 612' });
    await until('it runs', () => run.stream('stdout').endsWith('on\n'));
    expect(run.stream('stdout')).toBe(`${uid}\non\n`);
    await server.stop(run);
    await until('the run is finished', () => run.finished !== null);
    expect(processesWith(run.spec.runId)).toEqual([]);
  } finally {
    await worker.clear();
  }
});
