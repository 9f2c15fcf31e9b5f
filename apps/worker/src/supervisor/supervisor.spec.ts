import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { until } from '@mle/testing';
import { z } from 'zod';
import { isAlive, processesWith } from '../../test/processes.js';
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

const LOOP = {
  'loop.sh': 'trap "" INT TERM\nsetsid sh -c "trap \'\' TERM; sleep 621" &\necho on\nwhile :; do sleep 1; done\n',
};

test('ps shows both roles with their data directory', () => {
  const commandLine = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  expect(commandLine(worker.pid)).toMatch(new RegExp(`apps/worker/worker\\.mjs .*--data ${worker.dataDir}`));
  expect(commandLine(worker.supervisorPid)).toMatch(
    new RegExp(`apps/worker/worker\\.mjs supervise --data ${worker.dataDir}`),
  );
});

test('ends with its runs when its socket is gone and nobody can reach it @full', async () => {
  const run = await server.submit(LOOP);
  await until('it runs', () => run.stream('stdout') === 'on\n');
  const supervisor = worker.supervisorPid;
  await worker.signal('SIGKILL');
  const { socket } = z
    .object({ socket: z.string() })
    .parse(JSON.parse(readFileSync(join(worker.dataDir, 'supervisor.json'), 'utf8')));
  rmSync(dirname(socket), { recursive: true });
  await until('the supervisor is gone', () => !isAlive(supervisor));
  expect(processesWith(run.spec.runId)).toEqual([]);
  await worker.start();
  await until('the end is reported', () => run.finished !== null);
  expect(run.finished).toMatchObject({ outcome: 'exited', signal: 'SIGKILL', outputSha256: run.sha256 });
});

test('stops its runs when it is told to end itself @full', async () => {
  const run = await server.submit({ 'loop.py': 'import time\nprint("on")\ntime.sleep(600)\n' });
  await until('it runs', () => run.stream('stdout') === 'on\n');
  const supervisor = worker.supervisorPid;
  process.kill(supervisor, 'SIGINT'); // Ctrl-C on a terminal is not meant for it
  process.kill(supervisor, 'SIGTERM');
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({ outcome: 'stopped', reason: 'the supervisor of the machine was told to end' });
  expect(run.stream('stderr')).toContain('KeyboardInterrupt');
  const next = await server.submit({ 'a.py': 'print("next")' });
  await until('the next run is finished', () => next.finished !== null);
});

test('a full disk drops bytes under a marker, and the program lives', async () => {
  const script =
    'import os, sys, time\nblock = b"x" * 65536\nfor i in range(48):\n    os.write(1, block)\nwhile not os.path.exists("go"):\n    time.sleep(0.01)\nos.write(1, b"after")\nsys.exit(6)\n';
  const limit = (bytes: string): void =>
    void execFileSync('prlimit', ['--pid', String(worker.supervisorPid), `--fsize=${bytes}:unlimited`]);
  // A file may grow no further than this: its writer meets the same end as on a full disk.
  limit('1048576');
  const run = await server.submit({ 'much.py': script });
  await until(
    'it has written all',
    async () => run.running !== null && run.storedBytes > 500_000 && (await waits(run.running.pid)),
  );
  limit('unlimited');
  writeFileSync(
    join(
      readFileSync(`/proc/${run.running?.pid ?? 0}/environ`, 'latin1').match(/MLE_OUTPUT_DIR=([^\0]*)\/outputs/)?.[1] ??
        '',
      'workspaces',
      run.spec.projectId,
      '0',
      'go',
    ),
    '',
  );
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({ outcome: 'exited', exitCode: 6, outputSha256: run.sha256 });
  const kept = run.stream('stdout').length - 'after'.length;
  expect(kept).toBeGreaterThan(900_000);
  expect(kept).toBeLessThan(1_048_576);
  const text = run.output.toString();
  const total = 48 * 65_536;
  expect(text).toMatch(
    new RegExp(
      `x\\n${total - kept} bytes of output are missing here, from byte ${kept} to ${total} of what the program wrote: the disk of the machine was full\\.\\nafter$`,
    ),
  );
});

/** It sleeps in its loop: all before it was written. */
async function waits(pid: number): Promise<boolean> {
  const before = readFileSync(`/proc/${pid}/syscall`, 'utf8');
  await new Promise((resolve) => setTimeout(resolve, 30));
  const number = (text: string): string => text.split(' ')[0] ?? '';
  // clock_nanosleep and select, by the version of Python
  return (
    ['230', '23', '270', '35'].includes(number(before)) &&
    ['230', '23', '270', '35'].includes(number(readFileSync(`/proc/${pid}/syscall`, 'utf8')))
  );
}
