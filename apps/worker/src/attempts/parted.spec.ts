import {
  closeSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { deliveryId } from '@mle/protocol';
import { until } from '@mle/testing';
import { isAlive } from '../../test/processes.js';
import { SupervisorRelay } from '../../test/supervisor-relay.js';
import type { TestRun } from '../../test/test-run.js';
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

/** Each frame of a spool begins with it. */
const MAGIC = 'MLF';
/** Ends when the file `end` is there. */
const WAITER = `import os, time
print("on", flush=True)
while not os.path.exists("end"):
    time.sleep(0.01)
print("off", flush=True)
`;

function folderOf({ spec: { runId, attempt } }: TestRun): string {
  return join(worker.dataDir, 'attempts', deliveryId(runId, attempt));
}

async function waiting(): Promise<{ run: TestRun; pid: number; end: () => void }> {
  const run = await server.submit({ 'wait.py': WAITER });
  await until('it runs', () => run.stream('stdout') === 'on\n' && run.running !== null);
  const pid = run.running?.pid ?? 0;
  return { run, pid, end: () => writeFileSync(`/proc/${pid}/cwd/end`, '') };
}

test('a run that cannot be prepared while its supervisor dies is told to the next supervisor', async () => {
  process.kill(worker.supervisorPid, 'SIGSTOP');
  const run = await server.submit({ 'a.py': '' }, { file: 'missing.py' });
  await until('its files are here', () => server.fetches.length > 0);
  // It fails now, and cannot say so.
  await delay(1_000);
  process.kill(worker.supervisorPid, 'SIGKILL');
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({ outcome: 'spawn_failed' });
});

describe('a worker that loses the connection to a supervisor which lives', () => {
  it('hears of the end that came meanwhile', async () => {
    const { run, pid, end } = await waiting();
    await worker.signal('SIGKILL');
    const relay = await SupervisorRelay.between(worker.dataDir);
    await worker.start();
    relay.cut();
    end();
    await until('the program has ended', () => !isAlive(pid));
    await relay.mend();
    await until('the run is finished', () => run.finished !== null);
    expect(run.finished).toMatchObject({ outcome: 'exited', exitCode: 0, outputSha256: run.sha256 });
    relay.cut();
  });

  it('asks again for a stop that came meanwhile', async () => {
    const { run } = await waiting();
    await worker.signal('SIGKILL');
    const relay = await SupervisorRelay.between(worker.dataDir);
    await worker.start();
    relay.cut();
    await server.stop(run);
    await relay.mend();
    await until('the run is finished', () => run.finished !== null);
    expect(run.stream('stderr')).toContain('KeyboardInterrupt');
    relay.cut();
  });
});

describe('after a power cut, which leaves of files what was on the disk', () => {
  async function powerCut(): Promise<TestRun> {
    const { run, pid, end } = await waiting();
    const supervisor = worker.supervisorPid;
    await worker.signal('SIGKILL');
    end();
    await until('the end is written', () => !isAlive(pid) && readOrNull(join(folderOf(run), 'exit.json')) !== null);
    process.kill(supervisor, 'SIGKILL');
    await until('the supervisor is gone', () => !isAlive(supervisor));
    return run;
  }

  it('a run whose end is not readable any more is lost', async () => {
    const run = await powerCut();
    truncateSync(join(folderOf(run), 'exit.json'));
    await worker.start();
    await until('the run is finished', () => run.finished !== null);
    expect(run.finished).toMatchObject({ outcome: 'supervisor_lost', outputSha256: run.sha256 });
  });

  it('a run whose output is shorter than its end says ends with what there is', async () => {
    const run = await powerCut();
    const spool = join(folderOf(run), 'spool');
    truncateSync(spool, statSync(spool).size - 1);
    await worker.start();
    await until('the run is finished', () => run.finished !== null);
    expect(run.finished).toMatchObject({ outcome: 'exited', exitCode: 0, outputBytes: run.storedBytes });
  });
});

test('output that cannot be read for a while is sent when it can', async () => {
  const { run, end } = await waiting();
  await worker.signal('SIGKILL');
  end();
  await until('the end is written', () => readOrNull(join(folderOf(run), 'exit.json')) !== null);
  const path = join(folderOf(run), 'spool');
  const spool = openSync(path, 'r+');
  // Of the last frame.
  const at = readFileSync(path).lastIndexOf(MAGIC);
  const first = Buffer.alloc(1);
  readSync(spool, first, 0, 1, at);
  writeSync(spool, '?', at);
  await worker.start();
  await until('it fails', () => worker.stderr.includes('cannot be read from its spool'));
  writeSync(spool, first, 0, 1, at);
  closeSync(spool);
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({ exitCode: 0, outputSha256: run.sha256 });
  expect(run.stream('stdout')).toBe('on\noff\n');
});

test('a run whose journal cannot be written is given back, and comes again', async () => {
  let claims = 0;
  const run = server.create({ 'a.py': 'print("here")' }, {});
  server.onClaim = () => {
    if (claims++ === 0) rmSync(folderOf(run), { recursive: true });
    return Promise.resolve(null);
  };
  await server.deliver(run);
  await until('the run is finished', () => run.finished !== null);
  expect(claims).toBe(2);
});

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
