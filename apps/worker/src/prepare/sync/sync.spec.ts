import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@mle/testing';
import type { TestRun } from '../../../test/test-run.js';
import type { TestFile } from '../../../test/test-server.js';
import { TestServer } from '../../../test/test-server.js';
import { TestWorker } from '../../../test/test-worker.js';

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

beforeEach(() => {
  server.fetches.length = 0;
});

let projects = 0;
const newProject = (): string => (++projects).toString(16).padStart(24, '0');

const LIST = 'find . -mindepth 1 | LC_ALL=C sort | tr "\\n" " "';

async function finish(
  projectId: string,
  files: Record<string, TestFile>,
  command: string,
  clean = false,
  milliseconds?: number,
): Promise<TestRun> {
  const run = await server.submit(files, { projectId, command, clean });
  await until('the run is finished', () => run.finished !== null, milliseconds);
  return run;
}

const asked = (): string[] => server.fetches.flatMap(({ items }) => items.map(({ sha256 }) => sha256));

test('fetches each missing blob once, and nothing for an unchanged project', async () => {
  const project = newProject();
  const files = { 'a.txt': `alpha ${project}`, 'sub/b.txt': `beta ${project}`, 'sub/same.txt': `beta ${project}` };
  const first = await finish(project, files, 'cat a.txt sub/b.txt');
  expect(first.stream('stdout')).toBe(`alpha ${project}beta ${project}`);
  expect(asked()).toHaveLength(3); // the manifest, and two contents
  server.fetches.length = 0;
  await finish(project, files, 'true');
  expect(asked()).toEqual([]);
  await finish(project, { ...files, 'a.txt': `gamma ${project}` }, 'true');
  expect(asked()).toHaveLength(2);
  expect(asked()[1]).toBe(server.blob(`gamma ${project}`));
});

test('many small files come once, also for another project', async () => {
  const [one, two] = [newProject(), newProject()];
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`m${i % 7}/f${i}.txt`, `content ${i} of ${one}`]),
  );
  const list = 'cat */*.txt | sort | sha256sum';
  const first = await finish(one, files, list);
  expect(asked()).toHaveLength(301);
  server.fetches.length = 0;
  const second = await finish(two, { ...files, 'own.txt': two }, list);
  expect(asked()).toEqual([second.spec.snapshotId, server.blob(two)]);
  expect(first.finished?.exitCode).toBe(0);
  expect(second.stream('stdout')).toBe(first.stream('stdout'));
  expect(second.progress.at(-1)).toMatchObject({ filesDone: 301, filesTotal: 301 });

  // As after a power cut: what was damaged comes again.
  server.fetches.length = 0;
  const packs = join(worker.dataDir, 'cache/packs');
  for (const path of readdirSync(packs).map((name) => join(packs, name)))
    writeFileSync(path, Buffer.alloc(statSync(path).size));
  const third = await finish(newProject(), files, list);
  expect(third.stream('stdout')).toBe(first.stream('stdout'));
  expect(asked()).toHaveLength(300);
});

test('shows the progress of the files', async () => {
  const run = await finish(newProject(), { 'a.bin': Buffer.alloc(3_000_000, 'p') }, 'true');
  expect(run.progress[0]).toMatchObject({
    phase: 'syncing',
    filesDone: 0,
    filesTotal: 1,
    bytesDone: 0,
    bytesTotal: 3_000_000,
  });
  expect(run.progress.at(-1)).toMatchObject({ filesDone: 1, bytesDone: 3_000_000 });
});

test('removes what the project deleted, and keeps what runs wrote', async () => {
  const project = newProject();
  await finish(
    project,
    { 'keep.txt': '1', 'old/gone.txt': '2', 'both/gone.txt': '3' },
    'echo out > result.txt; echo own > both/own.txt',
  );
  const run = await finish(project, { 'keep.txt': '1' }, LIST);
  expect(run.stream('stdout')).toBe('./both ./both/own.txt ./keep.txt ./result.txt ');
});

test('restores what a run changed, also where it set the times back', async () => {
  const project = newProject();
  const files = { 'a.txt': 'alpha', 'b.txt': 'beta', 'c/d.txt': 'delta' };
  await finish(
    project,
    files,
    'touch -r a.txt /tmp/mle-times-$MLE_RUN_ID; printf OTHER > a.txt; touch -r /tmp/mle-times-$MLE_RUN_ID a.txt; rm /tmp/mle-times-$MLE_RUN_ID; rm b.txt; rm -r c; echo file > c',
  );
  server.fetches.length = 0;
  const run = await finish(project, files, 'cat a.txt b.txt c/d.txt');
  expect(run.stream('stdout')).toBe('alphabetadelta');
  expect(asked()).toEqual([]);
});

test('a run that changes its copy does not change the cache', async () => {
  const [one, two] = [newProject(), newProject()];
  await finish(one, { 'a.txt': 'shared content' }, 'chmod u+w a.txt; printf "in place" 1<>a.txt');
  const run = await finish(two, { 'a.txt': 'shared content' }, 'cat a.txt');
  expect(run.stream('stdout')).toBe('shared content');
});

test('a clean run starts without what runs wrote, but for data/', async () => {
  const project = newProject();
  const files = { 'a.txt': '1', 'sub/b.txt': '2', 'data/c.txt': '3' };
  await finish(
    project,
    files,
    'mkdir -p x/y data/set; echo 1 > x/y/z; echo 2 > sub/extra; echo 3 > data/set/kept; echo 4 > extra; ln -s /etc link',
  );
  const run = await finish(project, files, LIST, true);
  expect(run.stream('stdout')).toBe('./a.txt ./data ./data/c.txt ./data/set ./data/set/kept ./sub ./sub/b.txt ');
});

test('keeps modes and links inside the project', async () => {
  const run = await finish(
    newProject(),
    {
      'bin/tool': { content: '#!/bin/sh\necho tool', executable: true },
      'plain.txt': 'text',
      'dir/link.txt': { content: '../plain.txt', link: true },
    },
    'bin/tool; cat dir/link.txt; stat -c %a plain.txt; readlink dir/link.txt',
  );
  expect(run.stream('stdout')).toBe('tool\ntext644\n../plain.txt\n');
});

test.each([
  [{ link: { content: '../../../../credential', link: true } }],
  [{ link: { content: '/etc/passwd', link: true } }],
  [{ 'a/b/q': { content: '../..', link: true }, 'a/b/r': { content: 'q/../..', link: true } }],
])('refuses a link that leaves the project: %j', async (files) => {
  const run = await finish(newProject(), { 'a.txt': '', ...files }, 'echo never');
  expect(run.finished).toMatchObject({ outcome: 'prepare_failed', exitCode: null });
  expect(run.stream('stderr')).toMatch(/The link "[^"]+" leaves the project/);
  expect(run.finished?.reason).toContain('leaves the project');
  expect(run.stream('stdout')).toBe('');
});

test('never writes through a folder that a run replaced by a link', async () => {
  const project = newProject();
  const outside = join(worker.dataDir, '..', 'outside');
  await finish(
    project,
    { 'src/a.txt': 'one' },
    `mkdir -m 777 -p /tmp/mle-out-${project}; rm -r src; ln -s /tmp/mle-out-${project} src`,
  );
  const run = await finish(
    project,
    { 'src/a.txt': 'two', 'src/deep/b.txt': 'three' },
    `cat src/a.txt src/deep/b.txt; ls /tmp/mle-out-${project}; rmdir /tmp/mle-out-${project}`,
  );
  expect(run.stream('stdout')).toBe('twothree');
  expect(run.finished?.exitCode).toBe(0);
  expect(existsSync(outside)).toBe(false);
});

test('never removes through a folder that a run replaced by a link', async () => {
  const project = newProject();
  const place = `/tmp/mle-out-${project}`;
  await finish(
    project,
    { 'src/a.txt': 'one', 'b.txt': '' },
    `mkdir -p ${place}; rm -r src; echo mine > ${place}/a.txt; ln -s ${place} src`,
  );
  const run = await finish(project, { 'b.txt': '' }, `cat ${place}/a.txt; rm -r ${place}`);
  expect(run.stream('stdout')).toBe('mine\n');
});

test('refuses a blob that was damaged on the way, and takes it when it is whole', async () => {
  const project = newProject();
  const files = { 'a.txt': `precious ${project}` };
  const bad = server.blob(files['a.txt']);
  server.corrupt = (bytes, hash) => (hash === bad ? Buffer.from(bytes.map((byte) => byte ^ 1)) : bytes);
  const run = await finish(project, files, 'cat a.txt');
  server.corrupt = null;
  expect(run.finished?.outcome).toBe('prepare_failed');
  expect(run.stream('stderr')).toMatch(/did not reach this machine. The bytes of 1 of them were damaged/);
  expect(existsSync(join(worker.dataDir, 'cache/blobs', bad.slice(0, 2), bad))).toBe(false);
  expect(readdirSync(join(worker.dataDir, 'cache/partial'))).toEqual([]);
  const again = await finish(project, files, 'cat a.txt');
  expect(again.stream('stdout')).toBe(files['a.txt']);
});

test('a blob that the server does not have fails the run with a sentence', async () => {
  const project = newProject();
  const run = server.create({ 'a.txt': `lost ${project}` }, { projectId: project, command: 'true' });
  server.blobs.delete(server.blob(`lost ${project}`));
  await server.deliver(run);
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished?.outcome).toBe('prepare_failed');
  expect(run.stream('stderr')).toContain('The files of the project did not reach this machine. A blob is missing.');
});

test('asks for files until the server can look for them', async () => {
  let asked = 0;
  server.onFetch = () => (++asked <= 4 ? { ok: false, message: 'The database is away.', again: true } : null);
  const run = await server.submit({ 'a.py': 'print("here")' });
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stdout')).toBe('here\n');
});

test('goes on in the middle of a blob when the link is cut', async () => {
  let chunks = 0;
  server.onChunk = () => {
    if (++chunks === 12) server.cutLink();
  };
  const content = Buffer.alloc(process.env['MLE_TEST_FULL'] ? 1024 ** 3 : 8 * 1024 ** 2, 'resume me ');
  const run = await finish(newProject(), { 'big.bin': content }, 'sha256sum big.bin | cut -c1-64', false, 280_000);
  server.onChunk = null;
  expect(run.stream('stdout').trim()).toBe(server.blob(content));
  const items = server.fetches.flatMap(({ items }) => items).filter(({ sha256 }) => sha256 === server.blob(content));
  expect(items[0]?.from).toBe(0);
  expect(items.at(-1)?.from).toBeGreaterThan(1024 * 1024);
}, 300_000);

test('an empty project and empty files', async () => {
  const run = await finish(newProject(), {}, 'ls | wc -l');
  expect(run.stream('stdout').trim()).toBe('0');
  const other = await finish(newProject(), { 'empty.txt': '' }, 'wc -c < empty.txt');
  expect(other.stream('stdout').trim()).toBe('0');
});

test('a run takes the free slot that ran its project last', async () => {
  server.apply({ slots: 2 });
  const project = newProject();
  const busy = await server.submit({}, { projectId: newProject(), command: 'echo on; sleep 600' });
  await until('the first slot is taken', () => busy.stream('stdout') === 'on\n');
  await finish(project, {}, 'echo weights > checkpoint');
  await server.stop(busy);
  await until('both slots are free', () => worker.journal.length === 0);
  const next = await finish(project, {}, 'cat checkpoint');
  expect(next.stream('stdout')).toBe('weights\n');
  server.apply({ slots: 1 });
});
