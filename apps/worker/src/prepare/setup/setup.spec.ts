import { existsSync, lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSpec } from '@mle/protocol';
import { DEFAULT_PROJECT_SETTINGS } from '@mle/protocol';
import { until } from '@mle/testing';
import { processesWith } from '../../../test/processes.js';
import type { TestRun } from '../../../test/test-run.js';
import type { TestFile } from '../../../test/test-server.js';
import { TestServer } from '../../../test/test-server.js';
import { TestWorker } from '../../../test/test-worker.js';
import { sourcePackage, wheel } from '../../../test/wheel.js';
import { attemptKey } from '../../journal/attempt-key.js';
import { FILES } from '../../journal/records.js';

const isRoot = process.getuid?.() === 0;
const ENV = { PIP_NO_INDEX: '1', PIP_FIND_LINKS: './wheels' };
const OURS = '# ours\ntiny==1.0  # the small one\n';
const USES = 'import sys, tiny\nprint(tiny.VALUE, sys.prefix)\n';

let server: TestServer;
let worker: TestWorker;
let tiny: Record<string, Buffer>;

beforeAll(async () => {
  const { file, bytes } = await wheel('tiny', '1.0', 'VALUE = "tiny one"\n');
  tiny = { [`wheels/${file}`]: bytes };
  server = await TestServer.start();
  worker = new TestWorker(server);
  await worker.start();
});

afterAll(async () => {
  await worker.clear();
  await server.close();
});

const finish = async (run: TestRun): Promise<TestRun> => {
  await until('the run is finished', () => run.finished !== null);
  return run;
};
const start = (files: Record<string, TestFile>, wishes: Partial<RunSpec> = {}): Promise<TestRun> =>
  server.submit({ 'a.py': USES, ...files }, { file: 'a.py', env: ENV, ...wishes });
const root = (): string => join(worker.dataDir, 'runs/environments');
const built = (): string[] => (existsSync(join(root(), 'built')) ? readdirSync(join(root(), 'built')) : []);
const prefix = (run: TestRun): string => run.stream('stdout').trim().split(' ').at(-1) ?? '';

test('the packages are installed once, and shared by the runs and projects of their owner', async () => {
  server.apply({ slots: 2 });
  const files = { 'requirements.txt': OURS, ...tiny };
  const [first, second] = await Promise.all([start(files), start(files)].map(async (run) => finish(await run)));
  expect([first, second].map((run) => run?.stream('stdout').split(' /')[0])).toEqual(['tiny one', 'tiny one']);
  const texts = [first, second].map((run) => run?.stream('system') ?? '').sort();
  expect(texts[1]).toMatch(
    /^Installing the packages of requirements\.txt\.\n[^]*Successfully installed tiny-1\.0\n(?:[^]*\n)?Running a\.py\n$/,
  );
  expect(texts[0]).toBe('Another run installs packages on this machine. This one waits for it.\nRunning a.py\n');
  expect(prefix(first as TestRun)).toBe(prefix(second as TestRun));
  expect([first, second].map((run) => run?.progress.some(({ phase }) => phase === 'setup'))).toContain(true);

  const env = await finish(
    await start({
      ...files,
      'a.py':
        'import os, shutil\nprint(os.environ["VIRTUAL_ENV"], os.environ["PATH"].split(":")[0], shutil.which("python"), sep="\\n")\n',
    }),
  );
  const folder = prefix(first as TestRun);
  expect(env.stream('stdout').trim().split('\n')).toEqual([folder, `${folder}/bin`, `${folder}/bin/python`]);
  expect(env.stream('system')).toBe('Running a.py\n');

  // What another owner, other requirements or other settings of pip bring is not mixed in.
  const other = await finish(await start(files, { ownerId: 'b'.repeat(24) }));
  const more = await finish(await start({ ...files, 'requirements.txt': 'tiny>=1\n' }));
  server.apply({ slots: 1 });
  expect(new Set([folder, prefix(other), prefix(more)]).size).toBe(3);
  expect(built()).toHaveLength(3);
  expect(readdirSync(join(root(), 'work'))).toEqual([]);
});

test('no run can change an environment, nor what builds one', async () => {
  const write =
    'import os, sys, tiny\nplaces = [tiny.__file__, sys.prefix + "/lib/evil.pth", sys.prefix + "/bin/python3", sys.argv[1] + "/pip/x"]\nfor place in places:\n    try:\n        open(place, "a").close()\n        print("written", place)\n    except OSError as error:\n        print(type(error).__name__)\n';
  const run = await finish(await start({ 'requirements.txt': 'tiny', ...tiny, 'a.py': write }, { args: [root()] }));
  if (isRoot) {
    expect(run.stream('stdout').trim().split('\n')).toEqual(Array(4).fill('PermissionError'));
    for (const name of built()) expect(lstatSync(join(root(), 'built', name)).uid).toBe(0);
  }
  expect(run.finished?.exitCode).toBe(0);
});

test.each([
  ['nothing but comments', { 'requirements.txt': '# torch\n\n   # numpy\n--no-index\n' }, {}],
  [
    'the set-up turned off',
    { 'requirements.txt': 'no-such-package\n' },
    { settings: { ...DEFAULT_PROJECT_SETTINGS, setup: 'off' as const } },
  ],
  [
    'a program that needs no Python',
    { 'requirements.txt': 'no-such-package\n', 'a.mjs': 'console.log(1)' },
    { file: 'a.mjs' },
  ],
])('%s: no environment is made', async (_what, files, wishes) => {
  const before = built();
  const run = await finish(await start({ 'a.py': 'print(1)', ...files }, wishes));
  expect(run.output.toString()).toMatch(/^Running a\.m?(?:py|js)\n1\n$/);
  expect(built()).toEqual(before);
});

test('what the system has is enough, without a network', async () => {
  const run = await finish(
    await start(
      { 'requirements.txt': 'pip\n', 'a.py': 'import pip\nprint("there")\n' },
      { env: { PIP_NO_INDEX: '1' } },
    ),
  );
  expect(run.stream('system')).toContain('Requirement already satisfied: pip');
  expect(run.stream('stdout')).toBe('there\n');
});

test('a file of the project that is called like one of Python is not in the way', async () => {
  const run = await finish(
    await start({
      'requirements.txt': 'tiny',
      ...tiny,
      'random.py': 'raise SystemExit("mine")',
      'venv.py': 'raise SystemExit("mine")',
      'pip.py': 'raise SystemExit("mine")',
    }),
  );
  expect(run.stream('stdout')).toMatch(/^tiny one /);
});

test('what cannot be installed fails the run with the exit code and the reason of pip, and leaves nothing', async () => {
  const before = built();
  const run = await finish(await start({ 'requirements.txt': 'tiny\nno-such-package==9\n', ...tiny }));
  expect(run.finished).toMatchObject({ outcome: 'prepare_failed', exitCode: null, outputSha256: run.sha256 });
  expect(run.finished?.reason).toMatch(
    /^The packages of requirements\.txt could not be installed: pip ended with exit code 1\. No matching distribution found for no-such-package==9/,
  );
  expect(run.stream('stderr')).toContain('pip ended with exit code 1.');
  expect(run.stream('system')).toContain('ERROR: No matching distribution found for no-such-package==9');
  expect([run.stream('stdout'), run.running, built()]).toEqual(['', null, before]);
});

const SLOW = sourcePackage(
  'slow',
  '    print("building", flush=True)\n    subprocess.Popen(["sleep", "631"], start_new_session=True)\n    time.sleep(630)',
);
/** The build has begun: pip shows nothing of it before its end. */
const slowly = async (run: TestRun): Promise<void> => {
  await until(
    'the build sleeps',
    () =>
      processesWith(run.spec.runId).some((pid) => processesWith('sleep').includes(pid)) &&
      processesWith(`sleep\x00631`).length > 0,
  );
};

test('a stop ends pip and all that it started', async () => {
  const before = built();
  const run = await start({ 'requirements.txt': './slow\n', ...SLOW });
  await slowly(run);
  await server.stop(run);
  await finish(run);
  expect(run.finished).toMatchObject({ outcome: 'stopped', reason: 'Stopped by a person.', exitCode: null });
  expect(run.running).toBeNull();
  expect(processesWith(run.spec.runId)).toEqual([]);
  await until('nothing half-built is left', () => built().length === before.length);
});

test('the death of the worker ends the set-up; the next one begins it anew @full', async () => {
  const run = await start({ 'requirements.txt': './slow\n', ...SLOW });
  await slowly(run);
  const before = processesWith('sleep\x00631');
  const known = built();
  await worker.signal('SIGKILL');
  await until('pip is gone', () => processesWith(run.spec.runId).length === 0);
  await worker.start();
  await slowly(run);
  expect(processesWith('sleep\x00631')).not.toEqual(before);
  await until('what was begun is gone', () => known.filter((name) => !built().includes(name)).length === 1);
  await server.stop(run);
  expect((await finish(run)).finished?.outcome).toBe('stopped');
});

test('a set-up that hangs is ended by the time limit of the run, with all that it started', async () => {
  const before = built();
  const run = await start({ 'requirements.txt': './slow\n', ...SLOW }, { timeoutSeconds: 6 });
  await finish(run);
  const reason = 'The run passed its time limit of 6 s during its set-up.';
  expect(run.finished).toMatchObject({ outcome: 'timed_out', exitCode: null, reason, outputSha256: run.sha256 });
  expect(run.stream('system')).toMatch(new RegExp(`\n${reason}\n$`));
  expect(run.running).toBeNull();
  expect(processesWith(run.spec.runId)).toEqual([]);
  await until('nothing half-built is left', () => built().every((name) => before.includes(name)));
});

test('the program has what the set-up left of the time limit @full', async () => {
  const files = { 'requirements.txt': OURS, ...tiny, 'a.sh': 'exec sleep 633\n' };
  await finish(await start(files));
  const run = server.create(
    { ...files, 'big.bin': Buffer.alloc(3_000_000, 'l') },
    { command: 'sh a.sh', env: ENV, timeoutSeconds: 3600 },
  );
  // As if a worker before this one had begun the set-up almost an hour ago; all packages are installed.
  server.onChunk = () => {
    const record = join(worker.dataDir, 'attempts', attemptKey(run.spec), FILES.setup);
    writeFileSync(record, JSON.stringify({ begunAt: Date.now() - 3_595_000 }));
  };
  await server.deliver(run);
  await finish(run);
  server.onChunk = null;
  // A computer that is very busy needs the rest for the set-up.
  const reason = expect.stringMatching(/^The run passed its time limit of 3600 s( during its set-up)?\.$/);
  expect(run.finished).toMatchObject({ outcome: 'timed_out', reason });
});

test('the death of the supervisor ends the set-up, and it begins anew @full', async () => {
  const run = await start({ 'requirements.txt': './slow\n', ...SLOW });
  await slowly(run);
  const before = processesWith('sleep\x00631');
  process.kill(worker.supervisorPid, 'SIGKILL');
  await until('another one sleeps', () => processesWith('sleep\x00631').some((pid) => !before.includes(pid)));
  expect(processesWith('sleep\x00631').filter((pid) => before.includes(pid))).toEqual([]);
  await server.discard(run);
  expect(processesWith(run.spec.runId)).toEqual([]);
  expect(run.finished).toBeNull();
});
