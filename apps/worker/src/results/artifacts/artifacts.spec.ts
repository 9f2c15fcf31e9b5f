import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@mle/testing';
import { plainImage, plainScalar } from '../../../test/event-file-writer.js';
import type { TestRun } from '../../../test/test-run.js';
import { TestServer } from '../../../test/test-server.js';
import { TestWorker } from '../../../test/test-worker.js';

let server: TestServer;
let worker: TestWorker;

beforeAll(async () => {
  server = await TestServer.start();
  worker = new TestWorker(server);
  await worker.start();
});

beforeEach(() => {
  server.artifactChunks.length = 0;
});

afterAll(async () => {
  await worker.clear();
  await server.close();
});

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
/** Paths and contents of what is stored. */
const stored = (run: TestRun): Record<string, string> =>
  Object.fromEntries([...run.artifacts].map(([path, { sha256: hash }]) => [path, String(server.blobs.get(hash))]));
const folderOf = (run: TestRun): string => run.stream('stdout').split('\n')[0] ?? '';
const sent = (hash: string): number =>
  server.artifactChunks
    .flatMap(({ pieces }) => pieces)
    .filter((piece) => piece.sha256 === hash)
    .reduce((sum, { length }) => sum + length, 0);

async function finish(command: string): Promise<TestRun> {
  const run = await server.submit({}, { command });
  await until('the run is finished', () => run.finished !== null);
  return run;
}

/** Says where its outputs go, and does the rest when a file `go` is there. */
const waiting = (before: string, after = 'true'): string =>
  `echo "$MLE_OUTPUT_DIR"; cd "$MLE_OUTPUT_DIR"; ${before}; while [ ! -e "$MLE_CACHE_DIR/go" ]; do sleep 0.05; done; rm "$MLE_CACHE_DIR/go"; ${after}`;
const go = (run: TestRun): void =>
  writeFileSync(join(folderOf(run), '../../caches', run.spec.projectId, '0', 'go'), '');

test('stores files while the run goes on, and what changed since at its end', async () => {
  const run = await server.submit(
    {},
    {
      command: waiting(
        'mkdir -p sub; echo one > a.txt; echo two > sub/b.txt; echo x > gone.txt',
        'echo three > a.txt; rm gone.txt; echo end > c.txt',
      ),
    },
  );
  await until('the files are stored', () => run.artifacts.size === 3);
  expect(run.finished).toBeNull();
  expect(stored(run)).toEqual({ 'a.txt': 'one\n', 'sub/b.txt': 'two\n', 'gone.txt': 'x\n' });
  go(run);
  await until('the run is finished', () => run.finished !== null);
  expect(stored(run)).toEqual({ 'a.txt': 'three\n', 'sub/b.txt': 'two\n', 'c.txt': 'end\n' });
  expect(run.finished).toMatchObject({ exitCode: 0, artifacts: { files: 3, bytes: 14 } });
  expect(sent(sha256('two\n'))).toBe(4);
  expect(run.dropped).toEqual([]);
  await until('the folder is gone', () => !existsSync(folderOf(run)));
});

test('event files of TensorBoard become points on a stream of their own and pictures, while the run goes on', async () => {
  const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1]);
  const parts = [
    Buffer.concat([plainScalar('loss', 0, 0.5), plainImage('digit', 0, picture)]),
    plainScalar('loss', 1, 0.25),
  ];
  const [first, second] = parts.map((part) => `echo ${part.toString('base64')} | base64 -d >> $OLDPWD/logs/tfevents.1`);
  const run = await server.submit({}, { command: `mkdir -p logs; ${waiting(first ?? '', second)}` });
  await until('the picture is stored', () => run.artifacts.has('tensorboard/digit-0.png'));
  await until('the point is stored', () => run.stream('tensorboard').includes('["loss",0,0.5,0]'));
  expect(run.finished).toBeNull();
  go(run);
  await until('the run is finished', () => run.finished !== null);
  expect(
    run
      .stream('tensorboard')
      .split('\n')
      .filter((line) => line.startsWith('[')),
  ).toEqual(['["loss",0,0.5,0]', '["loss",1,0.25,0]']);
  expect(stored(run)).toEqual({ 'tensorboard/digit-0.png': String(picture) });
});

test('sends no content twice, and none that the server has', async () => {
  const content = `known ${Date.now()}`;
  server.blob(content);
  const run = await finish(
    `printf '%s' '${content}' > "$MLE_OUTPUT_DIR/known"; cd "$MLE_OUTPUT_DIR"; echo same > a; echo same > b; ln -s a link; : > empty`,
  );
  expect(stored(run)).toEqual({ known: content, a: 'same\n', b: 'same\n', link: 'same\n', empty: '' });
  expect(sent(sha256(content))).toBe(0);
  expect(sent(sha256('same\n'))).toBe(5);
});

test('lists what cannot be an artifact, says so in the output, and keeps the folder', async () => {
  const run = await finish(
    'echo "$MLE_OUTPUT_DIR"; cd "$MLE_OUTPUT_DIR"; ln -s /etc/passwd users; ln -s .. up; mkfifo pipe; truncate -s 11G huge.bin; touch "$(printf \'a\\\\b\')"; echo ok > ok',
  );
  expect(stored(run)).toEqual({ ok: 'ok\n' });
  expect(Object.fromEntries(run.dropped.map(({ path, reason }) => [path, reason]))).toEqual({
    users: 'It is a link out of the folder.',
    up: 'It is a link out of the folder.',
    pipe: 'It is no regular file.',
    'huge.bin': 'The artifacts of a run take at most 10 GiB together.',
    'a\\b': 'Separate folders by /, not by a backslash.',
  });
  expect(run.stream('system')).toContain(
    'huge.bin is not kept as an artifact. The artifacts of a run take at most 10 GiB together.\n',
  );
  expect(run.finished).toMatchObject({
    outputBytes: run.storedBytes,
    outputSha256: run.sha256,
    artifacts: { files: 1, bytes: 3 },
  });
  expect(existsSync(join(folderOf(run), 'huge.bin'))).toBe(true);
});

test('goes on in the middle of a large file when the link is cut', async () => {
  let chunks = 0;
  server.onArtifactChunk = () => {
    if (++chunks === 20) server.cutLink();
    return chunks === 20 ? 'drop' : 'store';
  };
  const run = await finish('head -c 12000000 /dev/zero | tr "\\0" "m" > "$MLE_OUTPUT_DIR/model.bin"');
  server.onArtifactChunk = null;
  const hash = sha256(Buffer.alloc(12_000_000, 'm'));
  expect(run.artifacts.get('model.bin')).toMatchObject({ size: 12_000_000, sha256: hash, origin: 'output' });
  const offsets = server.artifactChunks.flatMap(({ pieces }) => pieces).map(({ offset }) => offset);
  expect(offsets.filter((offset) => offset === 0)).toHaveLength(1);
  // Only what was under way when the link broke came twice.
  expect(sent(hash)).toBeLessThan(12_000_000 + 3 * 1024 * 1024);
});

test('puts all again when the server lost some before the end', async () => {
  server.loseArtifacts = true;
  const run = await finish('echo precious > "$MLE_OUTPUT_DIR/a"');
  expect(stored(run)).toEqual({ a: 'precious\n' });
  expect(run.finished?.artifacts).toEqual({ files: 1, bytes: 9 });
});

test('a killed worker comes back and stores what came meanwhile', async () => {
  const run = await server.submit({}, { command: waiting('echo first > a', 'echo second > b') });
  await until('the first is stored', () => run.artifacts.has('a'));
  await worker.signal('SIGKILL');
  go(run);
  await worker.start();
  await until('the run is finished', () => run.finished !== null);
  expect(stored(run)).toEqual({ a: 'first\n', b: 'second\n' });
  expect(sent(sha256('first\n'))).toBe(6);
});

test('a stopped run keeps its artifacts; a stop after its end cuts their upload short', async () => {
  const stopped = await server.submit({}, { command: waiting('echo partial > a') });
  await until('it says where', () => folderOf(stopped) !== '');
  await server.stop(stopped);
  await until('the run is finished', () => stopped.finished !== null);
  expect(stored(stopped)).toEqual({ a: 'partial\n' });

  server.onArtifactChunk = () => 'drop';
  const slow = await server.submit(
    {},
    { command: 'echo "$MLE_OUTPUT_DIR"; head -c 3000000 /dev/urandom > "$MLE_OUTPUT_DIR/slow.bin"' },
  );
  await until('the upload hangs', () => server.artifactChunks.some(({ runId }) => runId === slow.spec.runId));
  await server.stop(slow);
  server.cutLink();
  server.onArtifactChunk = null;
  await until('the run is finished', () => slow.finished !== null);
  expect(slow.artifacts.size).toBe(0);
  expect(slow.dropped).toEqual([
    { path: 'slow.bin', size: 3_000_000, reason: 'The run was stopped before it was stored.' },
  ]);
});

test('many small files go in few messages', async () => {
  const run = await finish('cd "$MLE_OUTPUT_DIR"; for i in $(seq 500); do echo "$i" > "$i.txt"; done');
  expect(run.finished?.artifacts?.files).toBe(500);
  expect(server.artifactChunks.length).toBeLessThan(30);
  expect(String(server.blobs.get(run.artifacts.get('321.txt')?.sha256 ?? ''))).toBe('321\n');
});

test('a name that is no UTF-8 is listed as dropped, a folder of such a name too', async () => {
  const program =
    'import os\nos.chdir(os.environ["MLE_OUTPUT_DIR"])\nopen(b"caf\\xe9.txt", "w").write("four")\nopen(b"caf\\xe8.txt", "w")\nos.mkdir(b"\\xff")\nopen(b"\\xff/in.txt", "w")\n';
  const run = await server.submit({ 'names.py': program });
  await until('the run is finished', () => run.finished !== null);
  const reason = 'Its name is not valid UTF-8.';
  const byPath = [...run.dropped].sort((a, b) => (a.path < b.path ? -1 : 1));
  expect(byPath).toEqual([
    { path: '\\xff', size: 0, reason },
    { path: 'caf\\xe8.txt', size: 0, reason },
    { path: 'caf\\xe9.txt', size: 4, reason },
  ]);
});
