import { NO_OPTIONS, readDuration, readOptions, readParams, splitArguments, summary } from './run-options';

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
    expect(readParams('lr=1e-3\nepochs = 20, name = tiny net\nfast=true\nzip="007"\nempty=')).toEqual({ lr: 0.001, epochs: 20, name: 'tiny net', fast: true, zip: '007', empty: '' });
  });

  it('keeps what only looks like a number', () => expect(readParams('a=1.2.3\nb=0x10\nc=1e999\nd=NaN')).toEqual({ a: '1.2.3', b: '0x10', c: '1e999', d: 'NaN' }));

  it.each([
    ['lr', 'Write lr as name=value.'],
    ['2x=1', 'Name a parameter by letters, digits and _, not 2x.'],
    ['=1', 'Name a parameter by letters, digits and _, not by nothing.'],
    ['a=1\na=2', 'a is given twice. Keep one.'],
  ])('says what is wrong with %j', (text, sentence) => expect(readParams(text)).toBe(sentence));
});

describe('readDuration', () => {
  it.each([['5', 300], ['90 s', 90], ['1.5h', 5400], ['2 d', 172_800], ['10min', 600], ['1:30', 90], ['1:30:00', 5400], ['soon', null], ['-5', null], ['1:2', null]] as const)('%s', (text, seconds) => expect(readDuration(text)).toBe(seconds));
});

describe('readOptions', () => {
  it('sends nothing that is not set', () => expect(readOptions(NO_OPTIONS)).toEqual({ request: {}, errors: {} }));

  it('sends what is set', () => {
    expect(readOptions({ args: '-v', params: 'lr=0.1', seed: '7', timeLimit: '2 h', clean: true })).toEqual({
      request: { args: ['-v'], params: { lr: 0.1 }, seed: 7, timeoutSeconds: 7200, clean: true },
      errors: {},
    });
  });

  it('names each field that is wrong', () => {
    expect(Object.keys(readOptions({ args: '"', params: 'x', seed: '-1', timeLimit: '40 d', clean: false }).errors)).toEqual(['args', 'params', 'seed', 'timeLimit']);
  });
});

it('says in a few words what is set', () => {
  expect(summary(NO_OPTIONS)).toBe('seed 0, no time limit');
  expect(summary({ args: '-v', params: 'a=1\nb=2', seed: '3', timeLimit: '5', clean: true })).toBe('arguments, 2 parameters, seed 3, limit 5 min, clean');
});
