import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LINK_VERSION, VERSION } from '@mle/protocol';
import { until } from '@mle/testing';
import { TestServer } from '../../test/test-server.js';
import { TestWorker } from '../../test/test-worker.js';

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

test('runs a program from end to end', async () => {
  await worker.start();
  const run = await server.submit({ 'run.py': 'print("hello world")\n' });
  await until('the run is finished', () => run.finished !== null);
  expect(run.output.toString()).toBe('Running run.py\nhello world\n');
  expect(run.stream('system')).toBe('Running run.py\n');
  expect(run.stream('stdout')).toBe('hello world\n');
  expect(run.finished).toMatchObject({
    outcome: 'exited',
    exitCode: 0,
    signal: null,
    reason: null,
    outputBytes: run.storedBytes,
    outputSha256: run.sha256,
  });
  expect(run.running?.pid).toBeGreaterThan(1);
  await until('the journal is empty', () => worker.journal.length === 0);
  expect(await server.queue.getJobCounts()).toMatchObject({ active: 0, waiting: 0, completed: 0, failed: 0 });
});

test('joins once with the token, and then has a credential of its own', async () => {
  await worker.start();
  expect(server.auths).toEqual([{ linkVersion: LINK_VERSION, joinToken: server.joinToken }]);
  const path = join(worker.dataDir, 'credential');
  expect(readFileSync(path, 'utf8').trim()).toBe(server.credential);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  server.cutLink();
  await until('the worker is back', () => server.hellos.length === 2);
  expect(server.auths[1]).toEqual({ linkVersion: LINK_VERSION, credential: server.credential });
  expect(server.hellos[0]).toMatchObject({ version: VERSION, name: 'test worker' });
});

test('is the version of the workspace', () => {
  const workspace = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8')) as {
    version: string;
  };
  expect(VERSION).toBe(workspace.version);
});
