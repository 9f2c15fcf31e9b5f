import { findKnobs } from './find-knobs.js';

/** As much as is read of one file; less in the quick tests, and one of the two languages that have one reader. */
const MOST = 1024 * 1024;
const FULL = process.env['MLE_TEST_FULL'] === '1';
const MB = FULL ? MOST : MOST / 128;
const FILES = ['train.py', 'train.ts', ...(FULL ? ['train.js'] : [])];
const filled = (piece: string, size = MB): string => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);

/** A line of each kind that costs a parser or its reader the most: depth, errors at each token, one name many times. */
const SOURCES: readonly [name: string, source: string][] = [
  ['one assignment, again and again', filled('x=1\n')],
  [
    'many constants',
    Array.from({ length: 70_000 }, (_, i) => `a${i} = ${i}`)
      .join('\n')
      .slice(0, MB),
  ],
  ['open parentheses', filled('(')],
  ['nested parentheses', filled('(', MB / 2) + filled(')', MB / 2)],
  ['open lists', filled('[')],
  ['open dictionaries', filled('{')],
  ['signs', `x=${filled('-', MB - 2)}`],
  ['negations', `x=${filled('not ', MB - 2)}`],
  ['a sum', filled('1+')],
  ['nested calls', filled('f(')],
  ['nested options', filled('add_argument("--a",default=')],
  ['options', filled('p.add_argument("--a", default=1)\n')],
  ['types of types', filled('@option("--a",default=1,type=')],
  ['attributes', filled('a.')],
  ['comparisons', filled('a=="b"\n')],
  ['a chain of comparisons', filled('a=="b"==')],
  ['lookups in a large table', `t = {${filled('"a":1,', MB / 2)}}\n${filled('t[x]\n', MB / 2 - 20)}`],
  ['comments', filled('a="b" # or "c" "d\n')],
  ['a long comment', `a = "b" # or ${filled("'", MB - 20)}`],
  ['a long number', `a = ${filled('1', MB - 4)}`],
  ['a long text', `a = "${filled('b', MB - 6)}"`],
  ['escapes', `a = "${filled('\\x', MB - 6)}"`],
  ['open texts', filled('"\n')],
  ['formatted texts', filled('f"{')],
  ['templates', filled('`${')],
  ['lambdas', filled('lambda:')],
  ['arrows', filled('(a=>')],
  ['colons', filled(':')],
  ['commas', filled(',')],
  ['stars', filled('*')],
  ['slashes', filled('/')],
  ['smaller than', filled('a<')],
  ['decorators', filled('@a\n')],
  [
    'deeper and deeper',
    Array.from({ length: 1_400 }, (_, i) => `${' '.repeat(i)}if x:`)
      .join('\n')
      .slice(0, MB),
  ],
  ['words', filled('if for while match case ')],
  ['globals', filled('global a, b\n')],
  ['fire on one function', `def f(${filled('a=1,', MB / 2)}): pass\n${filled('Fire(f)\n', MB / 2 - 20)}`],
  ['environment', filled('os.environ.get("MLE_PARAM_A", 1)\n')],
  ['noise', Array.from({ length: MB }, (_, i) => String.fromCharCode(32 + ((i * i * 31 + i * 7) % 95))).join('')],
];

describe.each(FILES)('a large %s', (path) => {
  it.each(SOURCES)('%s takes about a second of the processor at most', (_, source) => {
    const begun = process.cpuUsage();
    expect(findKnobs(path, source).length).toBeLessThanOrEqual(500);
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1_000).toBeLessThan(6_000);
  });
});

it('reads no file above a megabyte', () => {
  expect(findKnobs('train.py', `a = 1\n${filled('#', MOST)}`)).toEqual([]);
});
