import {
  isLike,
  NO_OPTIONS,
  NO_PROJECT_OPTIONS,
  readDuration,
  readEnv,
  readOptions,
  readParams,
  splitArguments,
  summary,
} from './run-options';

describe('splitArguments', () => {
  it.each([
    ['', []],
    ['--lr 0.1  -v', ['--lr', '0.1', '-v']],
    [`--name "two words" 'it"s' a\\ b`, ['--name', 'two words', 'it"s', 'a b']],
    [`x""y "" 'a'"b"`, ['xy', '', 'ab']],
    [`"say \\"hi\\"" 'back\\slash'`, ['say "hi"', 'back\\slash']],
  ])('%j', (text, words) => expect(splitArguments(text)).toEqual(words));

  it('refuses an open quote', () => expect(splitArguments(`--name "two`)).toBeNull());
});

describe('readParams', () => {
  it('reads numbers, flags and text', () => {
    expect(readParams('lr=1e-3\nepochs = 20, name = tiny net\nfast=true\nzip="007"\nempty=')).toEqual({
      lr: 0.001,
      epochs: 20,
      name: 'tiny net',
      fast: true,
      zip: '007',
      empty: '',
    });
  });

  it('keeps what only looks like a number', () =>
    expect(readParams('a=1.2.3\nb=0x10\nc=1e999\nd=NaN')).toEqual({ a: '1.2.3', b: '0x10', c: '1e999', d: 'NaN' }));

  it.each([
    ['lr', 'Write lr as name=value.'],
    ['2x=1', 'Name a parameter by letters, digits and _, not 2x.'],
    ['=1', 'Name a parameter by letters, digits and _, not by nothing.'],
    ['a=1\na=2', 'a is given twice. Keep one.'],
  ])('says what is wrong with %j', (text, sentence) => expect(readParams(text)).toBe(sentence));
});

describe('readDuration', () => {
  it.each([
    ['5', 300],
    ['90 s', 90],
    ['1.5h', 5400],
    ['2 d', 172_800],
    ['10min', 600],
    ['1:30', 90],
    ['1:30:00', 5400],
    ['soon', null],
    ['-5', null],
    ['1:2', null],
  ] as const)('%s', (text, seconds) => expect(readDuration(text)).toBe(seconds));
});

describe('readOptions', () => {
  it('sends nothing that is not set', () =>
    expect(readOptions(NO_OPTIONS)).toEqual({ request: {}, needs: null, errors: {} }));

  it('sends what is set', () => {
    expect(
      readOptions({ ...NO_OPTIONS, args: '-v', params: 'lr=0.1', seed: '7', timeLimit: '2 h', clean: true }),
    ).toEqual({
      request: { args: ['-v'], params: { lr: 0.1 }, seed: 7, timeoutSeconds: 7200, clean: true },
      needs: null,
      errors: {},
    });
    expect(
      readOptions({
        ...NO_OPTIONS,
        env: 'A= b=c \n\nB=',
        retries: '2',
        retryOn: 'failure',
        priority: '−5',
        tags: 'one, two,one',
        note: ' why ',
        labels: 'fast',
        gpus: '1',
      }),
    ).toEqual({
      request: {
        env: { A: ' b=c ', B: '' },
        retry: { max: 2, on: 'failure', backoffSeconds: 5 },
        priority: -5,
        tags: ['one', 'two'],
        note: 'why',
      },
      needs: { labels: ['fast'], gpus: 1 },
      errors: {},
    });
  });

  it('names each field that is wrong', () => {
    expect(
      Object.keys(
        readOptions({
          ...NO_OPTIONS,
          args: '"',
          params: 'x',
          env: 'x',
          seed: '-1',
          timeLimit: '40 d',
          retries: '21',
          priority: '1.5',
          tags: 'x'.repeat(41),
          labels: 'a b',
          gpus: '65',
        }).errors,
      ),
    ).toEqual(['args', 'params', 'env', 'seed', 'timeLimit', 'retries', 'priority', 'tags', 'labels', 'gpus']);
  });
});

it('says in a few words what is set', () => {
  expect(summary(NO_OPTIONS)).toBe('seed 0, no time limit');
  expect(
    summary({
      ...NO_OPTIONS,
      args: '-v',
      params: 'a=1\nb=2',
      seed: '3',
      timeLimit: '5',
      clean: true,
      env: 'A=1',
      retries: '1',
    }),
  ).toBe('arguments, 2 parameters, seed 3, limit 5 min, clean, 1 variable, 1 retry');
});

it.each([
  ['X', 'Write X as NAME=value.'],
  ['MLE_SEED=1', 'MLE_SEED is set by the worker. Choose another name.'],
  ['A=1\nA=2', 'A is given twice. Keep one.'],
])('says what is wrong with the variable %j', (text, sentence) => expect(readEnv(text)).toBe(sentence));

it('takes stored options of an older page, and nothing of another kind', () => {
  const accepts = isLike(NO_PROJECT_OPTIONS);
  expect([{ seed: '1' }, { seed: '1', later: 5 }, {}, { seed: 1 }, null, 'x'].map(accepts)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
