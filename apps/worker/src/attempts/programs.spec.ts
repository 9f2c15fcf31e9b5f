import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunSpec } from '@mle/protocol';
import { DEFAULT_PROJECT_SETTINGS } from '@mle/protocol';
import { until } from '@mle/testing';
import { TestServer } from '../../test/test-server.js';
import { TestWorker } from '../../test/test-worker.js';

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

test('shows each line as it comes, not when the program ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mle-seen-'));
  chmodSync(folder, 0o755);
  const run = await server.submit({
    'tick.py': `import os, time\nfor i in range(8):\n    print("line", i, flush=True)\n    while not os.path.exists("${folder}/%d" % i): time.sleep(0.01)\n`,
  });
  // Each line has to be seen before the program writes the next one.
  for (let i = 0; i < 8; i++) {
    await until(`line ${i} is shown`, () => run.stream('stdout').endsWith(`line ${i}\n`));
    writeFileSync(join(folder, String(i)), '');
  }
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stdout').split('\n')).toHaveLength(9);
  rmSync(folder, { recursive: true });
});

test('a failing script: its traceback on stderr, and its exit code', async () => {
  const run = await server.submit({ 'fail.py': 'print("before")\nraise ValueError("no such layer")\n' });
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stdout')).toBe('before\n');
  expect(run.stream('stderr')).toMatch(/Traceback[^]*fail\.py", line 2[^]*ValueError: no such layer/);
  expect(run.finished).toMatchObject({ outcome: 'exited', exitCode: 1, reason: null });
});

test('a program killed by a signal: the signal and a reason', async () => {
  const run = await server.submit({ 'die.sh': 'kill -9 $$\n' });
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({ outcome: 'exited', exitCode: null, signal: 'SIGKILL' });
  expect(run.finished?.reason).toContain('memory');
});

test.each([
  [{ 'notes.txt': 'no program' }, 'notes.txt', /"notes\.txt" is of no kind that can be run.*\.py/],
  [{ 'run.py': '' }, 'gone.py', /The project has no file "gone\.py"/],
  [{ 'train.ts': 'const x: number = 1' }, 'train.ts', /does not run TypeScript. Install Node\.js 22\.18/],
  [
    { tool: { content: '#!/no/such/program\n', executable: true } },
    'tool',
    /tool" cannot be started: it, or the program that its first line names/,
  ],
])('what cannot be started says why on stderr: %j', async (files, file, sentence) => {
  const run = await server.submit(files, { file });
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stderr')).toMatch(sentence);
  expect(run.output.toString()).toMatch(new RegExp(`^Running ${file}\n`));
  expect(run.finished).toMatchObject({ outcome: 'spawn_failed', exitCode: null, outputSha256: run.sha256 });
  expect(run.finished?.reason).toMatch(sentence);
  expect(run.running).toBeNull();
});

test('a program has mle.py without installing it, after modules of its own', async () => {
  const files = {
    'train.py': 'import mle, own\nmle.log(epoch=1, loss=mle.param("rate", 0.1))\nmle.save("a.txt", own.TEXT)\n',
    'own.py': 'TEXT = "kept"\n',
  };
  const run = await server.submit(files, { file: 'train.py', params: { rate: 0.5 } });
  await until('the run is finished', () => run.finished !== null);
  expect([run.stream('stderr'), run.stream('stdout')]).toEqual(['', 'epoch=1 loss=0.5\n']);
});

test('a command, its arguments, and the environment of a run', async () => {
  const run = await server.submit(
    {
      'env.py':
        'import json, os, sys\nprint(json.dumps({"args": sys.argv[1:], "env": dict(os.environ), "cwd": os.getcwd()}))\n',
    },
    {
      command: 'python3 env.py first',
      args: ['a b', '$HOME'],
      params: { lr: 0.5, name: 'x y' },
      env: { OWN: 'value', LANG: 'C', CUDA_VISIBLE_DEVICES: '0' },
      gpus: [1, 3],
      seed: 42,
    },
  );
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('system')).toBe('Running python3 env.py first\n');
  const { args, env, cwd } = JSON.parse(run.stream('stdout')) as {
    args: string[];
    env: Record<string, string>;
    cwd: string;
  };
  expect(args).toEqual(['first', 'a b', '$HOME']);
  expect(env).toMatchObject({
    PYTHONUNBUFFERED: '1',
    PYTHONHASHSEED: '42',
    MLE_RUN_ID: run.spec.runId,
    MLE_PROJECT: 'test project',
    MLE_ATTEMPT: '1',
    MLE_SEED: '42',
    MLE_PARAM_LR: '0.5',
    MLE_PARAM_NAME: 'x y',
    MLE_PARAMS: '{"lr":0.5,"name":"x y"}',
    OWN: 'value',
    LANG: 'C',
    // Those that it was given, in the order in which the inventory names them.
    CUDA_VISIBLE_DEVICES: '1,3',
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
  });
  expect(env['MLE_OUTPUT_DIR']).toContain(run.spec.runId);
  expect(env['MLE_CACHE_DIR']).toContain(run.spec.projectId);
  expect(cwd).toContain(run.spec.projectId);
  const others = Object.keys(env).filter(
    (name) => name.startsWith('MLE_') && !/^MLE_(RUN_ID|PROJECT|ATTEMPT|SEED|PARAM|OUTPUT_DIR|CACHE_DIR)/.test(name),
  );
  expect(others).toEqual([]);
  expect(JSON.stringify(env)).not.toContain(server.credential);
});

const ARGS = { 'args.py': 'import json, sys\nprint(json.dumps(sys.argv[1:]))\n' };
const template = (command: string): Partial<RunSpec> => ({ settings: { ...DEFAULT_PROJECT_SETTINGS, command } });

test('the command of the project: every value reaches the program as one argument, as it is', async () => {
  const nasty = [
    'a b',
    '"',
    "'",
    '$(touch hacked)',
    '`touch hacked`',
    'two\nlines',
    '*',
    '\\',
    '$HOME',
    '; touch hacked #',
    '',
    '-x',
    '{lr}',
  ];
  const params = Object.fromEntries(nasty.map((value, i) => [`p${i}`, value]));
  const bare = nasty.map((_value, i) => `{p${i}}`).join(' ');
  const run = await server.submit(ARGS, {
    file: 'args.py',
    ...template(
      `python {file} ${bare} "in {p0} {p3} {p12}" 'in {p2} {p3} {p5}' --lr={lr} {{}} "$(printf %s "{p5}")" \\{p0} {args} {seed}`,
    ),
    params: { ...params, lr: 1e-7 },
    args: ['x y', '$(no)'],
    seed: 3,
  });
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stderr')).toBe('');
  const quoted = ['in a b $(touch hacked) {lr}', "in ' $(touch hacked) two\nlines"];
  expect(JSON.parse(run.stream('stdout'))).toEqual([
    ...nasty,
    ...quoted,
    '--lr=1e-7',
    '{}',
    'two\nlines',
    'a b',
    'x y',
    '$(no)',
    '3',
  ]);
  expect(run.stream('system')).toMatch(/^Running python args\.py 'a b' /);
});

test.each([
  ["echo {p} && sh -c 'echo \"$1\"' sh {p} # it's {p}", { p: '$(id)' }, [], '$(id)\n$(id)\n'],
  ["printf '%s\\n' {file}", {}, ['last', 'a b'], 'run.sh\nlast\na b\n'],
  ['echo {seed} {file}', { seed: 9, file: 'own' }, [], '9 own\n'],
  ['echo "$MLE_PARAM_LR"', { lr: 0.5 }, [], '0.5\n'],
])('the command %s', async (command, params, args, output) => {
  const run = await server.submit({ 'run.sh': '' }, { file: 'run.sh', ...template(command), params, args });
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('stderr')).toBe('');
  expect(run.stream('stdout')).toBe(output);
});

test('a command of the project that names what the run has not', async () => {
  const run = await server.submit(ARGS, { file: 'args.py', ...template('python {file} {lrr}'), params: { lr: 1 } });
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({ outcome: 'spawn_failed', exitCode: null });
  expect(run.finished?.reason).toContain(
    'names {lrr}, which this run does not have. Known are {file}, {seed}, {args}, {lr}.',
  );
});

test('runs JavaScript, shell and executable files', async () => {
  const run = await server.submit(
    {
      'a.mjs': 'console.log("node", process.argv[2])',
      'b.sh': 'echo "bash $1"',
      c: { content: '#!/bin/sh\necho "own $1"', executable: true },
    },
    { command: 'node a.mjs 1 && bash b.sh 2 && ./c 3' },
  );
  const script = await server.submit({ 'b.sh': 'echo "bash $1"' }, { args: ['x'] });
  const own = await server.submit({ c: { content: '#!/bin/sh\necho "own $1"', executable: true } }, { args: ['y'] });
  await until('the runs are finished', () => [run, script, own].every(({ finished }) => finished !== null));
  expect(run.stream('stdout')).toBe('node 1\nbash 2\nown 3\n');
  expect(script.stream('stdout')).toBe('bash x\n');
  expect(own.stream('stdout')).toBe('own y\n');
});

test('a program may open /dev/stdout and /dev/stderr', async () => {
  const run = await server.submit({
    'dev.sh':
      'echo one > /dev/stdout\necho two > /dev/stderr\npython3 -c \'open("/dev/stdout","w").write("three\\n")\'\n',
  });
  await until('the run is finished', () => run.finished !== null);
  expect([run.stream('stdout'), run.stream('stderr')]).toEqual(['one\nthree\n', 'two\n']);
});

test('keeps split UTF-8, NUL and carriage return bytes as they are', async () => {
  const run = await server.submit({
    'bytes.py':
      'import os, time\nb = "é😀".encode()\nfor i in range(len(b)):\n    os.write(1, b[i:i+1])\n    time.sleep(0.03)\nos.write(1, b"\\x00\\r50%\\r\\xff\\xfe\\n")\n',
  });
  await until('the run is finished', () => run.finished !== null);
  const expected = Buffer.concat([
    Buffer.from('Running bytes.py\né😀'),
    Buffer.from([0, 13]),
    Buffer.from('50%\r'),
    Buffer.from([0xff, 0xfe, 10]),
  ]);
  expect(run.output.equals(expected)).toBe(true);
  expect(run.finished?.outputSha256).toBe(run.sha256);
});

test('past the quota only the end is kept, under a marker that names the missing range, and the program lives', async () => {
  const run = await server.submit(
    {
      'much.py':
        'import sys\nfor i in range(1000):\n    sys.stdout.write("%99d\\n" % i)\nsys.stdout.flush()\nopen("survived", "w").write("yes")\nsys.exit(5)\n',
    },
    { outputQuotaBytes: 10_000 },
  );
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished?.exitCode).toBe(5);
  const lines = Array.from({ length: 1000 }, (_, i) => `${String(i).padStart(99)}\n`).join('');
  expect(run.stream('stdout')).toBe(lines.slice(0, 10_000) + lines.slice(-10_000));
  expect(run.stream('system')).toMatch(/quota of 10000 bytes/);
  expect(run.stream('system')).toContain(
    '80000 bytes of output are missing here, from byte 10000 to 90000 of what the program wrote: they passed the quota',
  );
});

test('a time limit ends a run', async () => {
  // Ctrl-C ends it at each moment of its start: on a busy computer the limit may pass before the sleep.
  const run = await server.submit({ 'long.sh': 'exec sleep 600\n' }, { timeoutSeconds: 1 });
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({
    outcome: 'timed_out',
    signal: 'SIGINT',
    reason: 'The run passed its time limit of 1 s.',
  });
});

test('what a program leaves running is ended with it, and the output says what that was', async () => {
  // Each has its own name before the program ends: until then it is a second bash.
  const run = await server.submit({
    'leave.sh':
      'sleep 631 &\nsetsid sleep 632 &\ntail -f /dev/null &\nfor pid in $(jobs -p); do while grep -qE "bash|setsid" /proc/$pid/comm; do :; done; done\necho done\n',
  });
  await until('the run is finished', () => run.finished !== null);
  expect(run.finished).toMatchObject({ outcome: 'exited', exitCode: 0, reason: null });
  expect(run.output.toString()).toMatch(
    /done\n\n3 processes were still running when the program ended, and ended with it: (sleep \(2\), tail|tail, sleep \(2\))\.\n$/,
  );
});

test('what ends by itself is not counted among it', async () => {
  const run = await server.submit({ 'brief.sh': '(sleep 0.02; exit 0) &\necho done\n' });
  await until('the run is finished', () => run.finished !== null);
  expect(run.stream('system')).toBe('Running brief.sh\n');
});
