import { containerRun, envFileText } from './container.js';
import { NotRunnable } from './not-runnable.js';

const WISH = {
  ref: { runId: 'c'.repeat(24), attempt: 2 },
  image: 'python:3.12-slim',
  argv: ['python3', 'train.py', '--name', 'a b'],
  uid: 1234,
  gid: 5678,
  gpus: [],
  envFile: '/data/attempts/x/container.env',
  workspace: '/data/workspaces/p/0',
  outputDir: '/data/outputs/x',
  cacheDir: '/data/caches/p/0',
};

test('the command line of a container', () => {
  expect(containerRun(WISH)).toEqual([
    'docker',
    'run',
    '--rm',
    '--init',
    '--name',
    `mle-${'c'.repeat(24)}-2`,
    '--user',
    '1234:5678',
    '--security-opt',
    'no-new-privileges',
    '--mount',
    'type=bind,source=/data/workspaces/p/0,target=/workspace',
    '--mount',
    'type=bind,source=/data/outputs/x,target=/outputs',
    '--mount',
    'type=bind,source=/data/caches/p/0,target=/cache',
    '--workdir',
    '/workspace',
    '--env-file',
    '/data/attempts/x/container.env',
    '--shm-size',
    '2g',
    '--entrypoint',
    'python3',
    'python:3.12-slim',
    'train.py',
    '--name',
    'a b',
  ]);
  expect(containerRun({ ...WISH, gpus: 'all' }).join(' ')).toContain(' --gpus all --entrypoint ');
  // Docker reads the value as a row of CSV: without the quotes its second field would be another option.
  expect(containerRun({ ...WISH, gpus: [1, 3] }).join(' ')).toContain(' --gpus "device=1,3" --entrypoint ');
});

test('an env file holds values as they are, but no line breaks', () => {
  expect(envFileText({ A: ' x # "y" ', B: '' })).toBe('A= x # "y" \nB=\n');
  expect(() => envFileText({ A: '1', BAD: 'x\ny' })).toThrow(NotRunnable);
  expect(() => envFileText({ BAD: 'x\ny' })).toThrow('The value of BAD has a line break');
});
