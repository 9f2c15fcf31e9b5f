import { createHash } from 'node:crypto';
import { until } from '@mle/testing';
import { residentBytes } from '../../../test/processes.js';
import { TestServer } from '../../../test/test-server.js';
import { TestWorker } from '../../../test/test-worker.js';

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

const NUMBERS = 'import sys\nfor i in range(60000):\n    print("number", i)\nprint("end", file=sys.stderr)\n';

function numbers(): string {
  return Array.from({ length: 60_000 }, (_, i) => `number ${i}\n`).join('');
}

test('the link is cut again and again in the middle of a run', async () => {
  let frames = 0;
  server.onFrame = () => {
    frames++;
    if (frames % 3 === 0 && server.connections < 5) server.cutLink();
    return 'store';
  };
  const run = await server.submit({ 'n.py': NUMBERS });
  await until('the run is finished', () => run.finished !== null);
  expect(server.connections).toBeGreaterThanOrEqual(5);
  expect(run.stream('stdout')).toBe(numbers());
  expect(run.finished).toMatchObject({ exitCode: 0, outputSha256: run.sha256 });
});

test('a refused frame is sent again from where the server is, and a resend is trimmed @full', async () => {
  let frames = 0;
  // Not for ever: where the frames under way are a multiple of three, the first of each resend would be refused.
  server.onFrame = () => (++frames % 3 === 2 && frames < 100 ? 'gap' : 'store');
  const run = await server.submit({ 'n.py': NUMBERS });
  await until('the run is finished', () => run.finished !== null);
  expect(frames).toBeGreaterThan(3);
  expect(run.stream('stdout')).toBe(numbers());
  expect(run.finished?.outputSha256).toBe(run.sha256);
});

test('an end that the server meets with a gap sends the rest again', async () => {
  const run = await server.submit({ 'n.py': NUMBERS });
  // The server loses what it had stored when it has nearly everything, as after a crash before the write.
  server.rewindAtFinish = 100_000;
  await until('the run is finished', () => run.finished !== null);
  expect(server.rewindAtFinish).toBeNull();
  expect(run.finished?.outputSha256).toBe(createHash('sha256').update(run.output).digest('hex'));
  expect(run.stream('stdout')).toBe(numbers());
});

test('50 MB of fast output, byte for byte and in bounded memory @full', async () => {
  const script = [
    'import hashlib, os',
    'h = hashlib.sha256()',
    'block = os.urandom(65536) * 4',
    'for i in range(200):',
    '    piece = i.to_bytes(4, "big") + block',
    '    view = memoryview(piece)',
    '    h.update(piece)',
    '    while view:',
    '        view = view[os.write(1, view):]',
    'os.write(2, h.hexdigest().encode())',
  ].join('\n');
  let largest = 0;
  const run = await server.submit({ 'fast.py': script }, { keepBytes: true });
  await until('the run is finished', () => {
    largest = Math.max(largest, residentBytes(worker.pid), residentBytes(worker.supervisorPid));
    return run.finished !== null;
  });
  const output = run.output;
  const stdout = Buffer.concat(
    run.segments
      .filter(({ stream }) => stream === 'stdout')
      .map(({ offset, length }) => output.subarray(offset, offset + length)),
  );
  expect(stdout).toHaveLength(200 * (4 + 262_144));
  expect(createHash('sha256').update(stdout).digest('hex')).toBe(run.stream('stderr'));
  expect(run.finished?.outputSha256).toBe(run.sha256);
  expect(largest).toBeLessThan(250 * 1024 * 1024);
});

test('at most 1 MiB is on the way unacknowledged, and heartbeats go on @full', async () => {
  let farthest = 0;
  let stuck = true;
  server.onFrame = (run, from, length) => {
    farthest = Math.max(farthest, from + length);
    return stuck ? 'drop' : 'store';
  };
  const run = await server.submit({ 'much.py': 'import os\nfor i in range(100):\n    os.write(1, b"x" * 65536)\n' });
  await until('the window is full', () => farthest >= 1024 * 1024);
  const beats = server.heartbeats.length;
  await until('heartbeats go on', () => server.heartbeats.length >= beats + 2);
  expect(farthest).toBeLessThanOrEqual(1024 * 1024);
  expect(run.storedBytes).toBe(0);
  stuck = false;
  server.cutLink();
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stdout')).toHaveLength(6_553_600);
});
