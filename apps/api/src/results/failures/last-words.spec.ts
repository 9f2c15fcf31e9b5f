import { hostileTexts, superLinear } from '@mle/testing';
import { lastWords } from './last-words.js';

const FILES = new Set(['train.py', 'nets/conv.py', 'conv.py', 'src/loop.mjs', 'My file.py']);
const read = (text: string, signal: string | null = null) => lastWords(text, signal, () => Promise.resolve(FILES));
const WORKSPACE = '/var/lib/mle-worker/0a1b/workspaces/2/files';

const TRACEBACK = `warming up
Traceback (most recent call last):
  File "${WORKSPACE}/train.py", line 12, in <module>
    main()
    ~~~~^^
  File "${WORKSPACE}/nets/conv.py", line 7, in main
    return torch.nn.Linear(2)(x)
  File "/home/ada/.venv/lib/python3.11/site-packages/torch/nn/modules/linear.py", line 96, in forward
    return F.linear(input)
ValueError: no luck
with a second line
`;

it('is the last line of a traceback, at the last line of the project on the way there', async () => {
  expect(await read(TRACEBACK)).toEqual({
    sentence: 'ValueError: no luck',
    place: { path: 'nets/conv.py', line: 7 },
    cause: null,
    package: null,
  });
});

it('is the last of several errors, however they are coloured and whatever comes after', async () => {
  const chained = `${TRACEBACK}
During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "${WORKSPACE}/My file.py", line 3, in <module>
\u001b[1;35mRuntimeError\u001b[0m: \u001b[35mof colour\u001b[0m
wandb: You can sync this run
`;
  expect(await read(chained)).toMatchObject({
    sentence: 'RuntimeError: of colour',
    place: { path: 'My file.py', line: 3 },
  });
});

it.each([
  [
    'a file that Python cannot read',
    `  File "${WORKSPACE}/train.py", line 2\n    print(\n         ^\nSyntaxError: '(' was never closed\n`,
    { sentence: "SyntaxError: '(' was never closed", place: { path: 'train.py', line: 2 } },
  ],
  [
    'Node.js',
    `file://${WORKSPACE}/src/loop.mjs:4\n  throw new TypeError('not a number');\n        ^\n\nTypeError: not a number\n    at step (file://${WORKSPACE}/src/loop.mjs:4:9)\n    at file://${WORKSPACE}/src/loop.mjs:9:1\n    at ModuleJob.run (node:internal/modules/esm/module_job:343:25)\n\nNode.js v22.20.0\n`,
    { sentence: 'TypeError: not a number', place: { path: 'src/loop.mjs', line: 4 } },
  ],
  ['a shell', 'sh: 1: pyhton: not found\n', { sentence: 'sh: 1: pyhton: not found', place: null, cause: null }],
  ['a progress bar before it', ' 10%|#\r 20%|##\rKilled by hand\n', { sentence: 'Killed by hand' }],
])('of %s', async (_what, text, expected) => {
  expect(await read(text)).toMatchObject(expected);
});

it.each([
  ["ModuleNotFoundError: No module named 'sklearn.svm'", 'module', 'scikit-learn'],
  ["ModuleNotFoundError: No module named 'numpy'", 'module', 'numpy'],
  ['EOFError: EOF when reading a line', 'keyboard', null],
  ["OSError: [Errno 28] No space left on device: 'model.pt'", 'space', null],
  ['MemoryError', 'memory', null],
  ['torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB', 'memory', null],
  ['ValueError: shapes (2,3) and (4,) not aligned', null, null],
])('knows what to do about %s', async (line, cause, name) => {
  const text = `Traceback (most recent call last):\n  File "${WORKSPACE}/train.py", line 1, in <module>\n${line}\n`;
  expect(await read(text)).toMatchObject({ sentence: line, cause, package: name });
});

it('is nothing where the program said nothing, and memory where it was killed', async () => {
  expect(await read('\n \n')).toBeNull();
  expect(await read('', 'SIGKILL')).toMatchObject({ cause: 'memory' });
});

it('reads files of libraries and of other programs as none of the project', async () => {
  const text =
    'Traceback (most recent call last):\n  File "/usr/lib/python3.11/runpy.py", line 198, in run\n  File "/elsewhere/own.py", line 2, in <module>\nKeyError: 1\n';
  expect(await read(text)).toMatchObject({ sentence: 'KeyError: 1', place: null });
});

it('takes linear time, whatever was printed', async () => {
  const beginnings = [
    '  File "',
    '    at (',
    '    at x:1:',
    'Traceback (most recent call last):\n',
    '  ',
    'Error',
    '\r',
    '\u001b[',
  ];
  const texts = hostileTexts(beginnings);
  expect(superLinear(texts, (text) => void read(text))).toEqual([]);
});
