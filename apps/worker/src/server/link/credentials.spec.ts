import { writeFileSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LINK_VERSION } from '@mle/protocol';
import { until } from '@mle/testing';
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

function keep(credential: string): void {
  mkdirSync(worker.dataDir, { recursive: true });
  writeFileSync(join(worker.dataDir, 'credential'), credential, { mode: 0o600 });
}

test('a refused credential gives way to the join token', async () => {
  keep('an old credential');
  await worker.start();
  expect(server.auths).toEqual([
    { linkVersion: LINK_VERSION, credential: 'an old credential' },
    { linkVersion: LINK_VERSION, joinToken: server.joinToken },
  ]);
});

test('a refused token: it says what to do, goes on trying, and is in when the server knows it again', async () => {
  writeFileSync(worker.tokenFile, 'a-wrong-token');
  worker.launch();
  await until(
    'it says so',
    () =>
      worker.stderr.includes('The server refused the join token') &&
      worker.stderr.includes('Make a join token on the Machines page'),
  );
  await until('it tries again', () => server.auths.length >= 2);
  server.admitAnything = true;
  await until('it is in', () => worker.stdout.includes('worker ready'));
});

test('a server that cannot check it now costs no token', async () => {
  keep(server.credential);
  server.refusal = Object.assign(new Error('The server could not check the credential.'), {
    data: { code: 'unavailable' },
  });
  worker.launch();
  await until('it tries again', () => server.auths.length >= 2);
  server.refusal = null;
  await until('it is in', () => worker.stdout.includes('worker ready'));
  expect(server.auths.every((auth) => (auth as { credential?: string }).credential === server.credential)).toBe(true);
});

test('another version of the link: it says how to update', async () => {
  server.refusal = Object.assign(new Error('The server speaks version 2.'), { data: { code: 'link_version' } });
  worker.launch();
  await until('it says so', () =>
    worker.stderr.includes('Download the worker again from /worker/worker.mjs of the server'),
  );
  expect(worker.stderr).not.toContain('Make a join token');
});

test('a second worker with the same data directory is refused', async () => {
  await worker.start();
  const second = new TestWorker(server, { args: ['--data', worker.dataDir] });
  second.launch();
  expect(await second.exited()).toBe(2);
  expect(second.stderr).toMatch(new RegExp(`Another worker \\(process ${worker.pid}\\) uses`));
  await second.clear();
});
