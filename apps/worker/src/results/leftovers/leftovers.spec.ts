import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LeftoverReply } from '@mle/protocol';
import { until } from '@mle/testing';
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

afterAll(async () => {
  await worker.clear();
  await server.close();
});

let projects = 0;
const newProject = (): string => (++projects).toString(16).padStart(24, '0');

async function finish(projectId: string, command: string, files: Record<string, string> = {}): Promise<TestRun> {
  const run = await server.submit(files, { projectId, command });
  await until('the run is finished', () => run.finished !== null);
  return run;
}

const paths = (run: TestRun): string[] => (run.leftovers?.items ?? []).map(({ path }) => path).sort();

async function settle(run: TestRun, action: 'keep' | 'remove', names: string[]): Promise<LeftoverReply> {
  const { runId, attempt, projectId } = run.spec;
  const items = (run.leftovers?.items ?? []).filter(({ path }) => names.includes(path));
  return server.settleLeftovers({ runId, attempt, projectId, slot: run.leftovers?.slot ?? 0, action, items });
}

test('lists what the run made or changed beside its files and its outputs', async () => {
  const project = newProject();
  const make =
    'mkdir -p logs __pycache__ data/x cached; echo 1 > logs/a.log; echo 2 > model.pt; echo 3 > __pycache__/c.pyc; echo 4 > data/x/d; echo 5 > cached/e; echo changed > run.py; ln -s model.pt link; echo o > "$MLE_OUTPUT_DIR/o"';
  const first = await finish(project, make, { 'run.py': '', '.mleignore': '/cached/\n' });
  await until('they are listed', () => first.leftovers !== null);
  expect(paths(first)).toEqual(['logs/a.log', 'model.pt']);
  expect(first.leftovers).toMatchObject({ slot: 0, truncated: false });
  const second = await finish(project, 'cat model.pt; echo 22 > logs/a.log; touch -d 2001-01-01 old.txt', {
    'run.py': '',
    '.mleignore': '/cached/\n',
  });
  await until('they are listed', () => second.leftovers !== null);
  expect(paths(second)).toEqual(['logs/a.log', 'old.txt']);
  const third = await finish(project, 'true', {});
  const fourth = await finish(newProject(), 'true');
  expect([third.leftovers, fourth.leftovers]).toEqual([null, null]);
});

test('keeps and removes what is still the same, and says what is not', async () => {
  const project = newProject();
  const run = await finish(
    project,
    'pwd; echo weights > model.pt; echo log > a.log; echo one > changed; echo gone > gone',
  );
  await until('they are listed', () => run.leftovers !== null);
  const workspace = run.stream('stdout').trim();
  writeFileSync(join(workspace, 'changed'), 'other');
  await finish(project, 'rm gone');
  expect(
    (await settle(run, 'keep', ['model.pt', 'changed', 'gone'])).items.sort((a, b) => a.path.localeCompare(b.path)),
  ).toEqual([
    { path: 'changed', reason: 'It was changed since the run ended.' },
    { path: 'gone', reason: 'It is not there any more.' },
    { path: 'model.pt', reason: null },
  ]);
  expect(run.artifacts.get('model.pt')).toMatchObject({
    origin: 'kept',
    size: 8,
    sha256: createHash('sha256').update('weights\n').digest('hex'),
  });
  expect((await settle(run, 'remove', ['a.log', 'changed'])).items).toEqual([
    { path: 'a.log', reason: null },
    { path: 'changed', reason: 'It was changed since the run ended.' },
  ]);
  expect(existsSync(join(workspace, 'a.log'))).toBe(false);
  expect(readFileSync(join(workspace, 'changed'), 'utf8')).toBe('other');
});

test('a worker that is killed before its list has arrived lists again', async () => {
  let asked = 0;
  server.onLeftovers = () => (++asked, 'drop');
  const run = await server.submit({}, { projectId: newProject(), command: 'echo weights > model.pt' });
  await until('the list is on its way', () => asked > 0);
  await worker.signal('SIGKILL');
  server.onLeftovers = null;
  await worker.start();
  await until('the run is finished', () => run.finished !== null);
  expect(paths(run)).toEqual(['model.pt']);
});

test('reads nothing by way of a link that a later run put there', async () => {
  const project = newProject();
  const run = await finish(project, 'mkdir sub; echo mine > sub/hostname');
  await until('they are listed', () => run.leftovers !== null);
  await finish(project, 'rm -r sub; ln -s /etc sub');
  const { items } = await settle(run, 'keep', ['sub/hostname']);
  expect(items[0]?.reason).toMatch(
    /It (belongs to another user of the machine|lies outside of the folder|is not there any more)\./,
  );
  expect(run.artifacts.size).toBe(0);
});
