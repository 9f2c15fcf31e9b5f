import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import { LIMITS, type ParamValue } from '@mle/protocol';
import fc from 'fast-check';
import { findKnobs } from './find-knobs.js';
import { setKnobs } from './set-knobs.js';
import { unreachedParams } from './unreached-params.js';

const RUNS = { seed: 15, numRuns: 400 } as const;

/** What each of the programs prints as one line of JSON. */
function python(programs: { source: string; args?: string[] }[]): unknown[] {
  const host = [
    'import contextlib, io, json, sys',
    'for program in json.load(sys.stdin):',
    '    sys.argv = ["train.py", *program.get("args", [])]',
    '    out = io.StringIO()',
    '    with contextlib.redirect_stdout(out): exec(compile(program["source"], "train.py", "exec"), {"json": json})',
    '    print(out.getvalue().strip())',
  ].join('\n');
  const output = execFileSync('python3', ['-c', host], { input: JSON.stringify(programs), encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

const SOURCE = [
  '\ufeff# -*- coding: utf-8 -*-  naïve ☃',
  'rate: float = 5e-1   # of learning',
  'hidden=16;name = \'tanh\'  # or "relu"',
  'verbose = False\t',
  'offset = - 2',
  '',
].join('\r\n');

describe('constants', () => {
  it('are set in place, and the rest of the file is left as it was', () => {
    const done = setKnobs('train.py', SOURCE, {
      rate: 2,
      hidden: 32,
      name: 'relu',
      verbose: true,
      offset: 3,
      other: 1,
    });
    expect(done.source).toBe(
      SOURCE.replace('5e-1', '2.0')
        .replace('16', '32')
        .replace("'tanh'", "'relu'")
        .replace('False', 'True')
        .replace('- 2', '3'),
    );
    expect(done.set).toEqual([
      { name: 'rate', how: 'constant', line: 2, from: 0.5, to: 2 },
      { name: 'hidden', how: 'constant', line: 3, from: 16, to: 32 },
      { name: 'name', how: 'constant', line: 3, from: 'tanh', to: 'relu' },
      { name: 'verbose', how: 'constant', line: 4, from: false, to: true },
      { name: 'offset', how: 'constant', line: 5, from: -2, to: 3 },
    ]);
    expect([done.args, done.env, done.warnings]).toEqual([[], { other: 1 }, []]);
  });

  it('keep their spelling where the value is the same', () => {
    const done = setKnobs('train.py', 'steps = 1_000\nrate = 1e-1', { steps: 1000, rate: '0.1' });
    expect(done).toMatchObject({ source: 'steps = 1_000\nrate = 1e-1', set: [], env: {} });
  });

  it.each<[string, ParamValue, string]>([
    ['x = 16', 0.5, 'a whole number'],
    ['x = 16', 'many', 'a whole number'],
    ['x = 0.5', '', 'a number'],
    ['x = 0.5', true, 'a number'],
    ['x = True', 1, 'true or false'],
    ['p.add_argument("--x", default="a")', 'a\0b', 'a text'],
  ])('%s does not take %j', (source, value, kind) => {
    const done = setKnobs('train.py', source, { x: value });
    expect(done).toMatchObject({ source, set: [], args: [], env: { x: value } });
    expect(done.warnings).toEqual([expect.stringContaining(`x is ${kind} in train.py, line 1.`)]);
  });

  it.each<[string, ParamValue, string]>([
    ['x = 16', '32', 'x = 32'],
    ['x = 16', 3.0, 'x = 3'],
    ['x = 16', -0, 'x = 0'],
    ['x = 0.5', ' 1e-3 ', 'x = 0.001'],
    ['x = 0.5', 1e21, 'x = 1e+21'],
    ['x = True', 'false', 'x = False'],
    ['x = "a"', 5, 'x = "5"'],
    ['lr = 1', 0.1, 'lr = 0.1'],
  ])('%s with %j is %s', (source, value, expected) => {
    const [name = ''] = source.split(' ');
    expect(setKnobs('train.py', source, { [name]: value }).source).toBe(expected);
  });

  it('have the values that Python then reads, whatever is given', () => {
    const wanted = fc.sample(
      fc.record({
        rate: fc.double({ noDefaultInfinity: true, noNaN: true }),
        hidden: fc.maxSafeInteger(),
        name: fc.string({ unit: 'binary', maxLength: 40 }),
        verbose: fc.boolean(),
      }),
      RUNS,
    );
    const rest = 'print(json.dumps({"rate": rate, "hidden": hidden, "name": name, "verbose": verbose}))';
    const programs = wanted.map((params) => ({ source: setKnobs('train.py', SOURCE + rest, params).source.slice(1) }));
    expect(python(programs)).toEqual(wanted.map((params) => ({ ...params, rate: params.rate + 0 })));
  });

  it('have the values that JavaScript then reads, whatever is given', () => {
    const source = `let rate = 0.5, name = 'tanh', verbose = false; // or "relu"\n`;
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.string({ unit: 'binary' }), (rate, name) => {
        const done = setKnobs('train.js', source, { rate, name, verbose: true });
        const read: unknown = runInNewContext(`${done.source};JSON.stringify([rate, name, verbose])`);
        expect(JSON.parse(String(read))).toEqual([rate + 0, name, true]);
      }),
      RUNS,
    );
  });

  it('a text can never become code', () => {
    const hostile = [
      '"',
      "'",
      '\\',
      '\\"',
      '\n',
      '\r',
      '\u2028',
      '"""',
      "' + open('x') + '",
      '#',
      '{x}',
      '\0',
      '\ud800',
    ];
    const programs = [`x = "a"`, `x = 'a'`, `x = """a"""`, `x = r'a'`, `x = u"a"`, `x = '''"'''`].flatMap((line) =>
      hostile.map((value) => ({
        source: `${setKnobs('train.py', line, { x: value }).source}\nprint(json.dumps(x))`,
      })),
    );
    expect(programs.every(({ source }) => /^[\x20-\x7e]*$/.test(source.split('\nprint')[0] ?? '\n'))).toBe(true);
    expect(python(programs)).toEqual(programs.map((_, i) => hostile[i % hostile.length]));
  });

  it('are found again with their new values, and nothing else changed', () => {
    const line = fc.constantFrom(
      '',
      '# 0.5 "a"',
      '  ',
      'import os',
      'def f():\n    x1 = 3',
      'y = x1 + [',
      '"""\nx2 = 5\n"""',
    );
    const number = fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0);
    const text = fc.string({ unit: 'binary', maxLength: 50 });
    const setting = fc.oneof(
      fc.record({ literal: fc.constantFrom('0.5', '-1e-3', '.5', '1_0.0'), value: number }),
      fc.record({ literal: fc.constantFrom('3', '-1', '0x1f', '1_000'), value: fc.maxSafeInteger() }),
      fc.record({ literal: fc.constantFrom('"a"', "'b'", 'r"c"', '"""d"""'), value: text }),
      fc.record({ literal: fc.constantFrom('True', 'False'), value: fc.boolean() }),
    );
    const part = fc.record({ before: line, setting, comment: fc.constantFrom('', '  # or "x"') });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const write = (literals: string[]): string =>
          parts.map(({ before, comment }, i) => `${before}\nk${i} = ${literals[i]}${comment}\n`).join('');
        const source = write(parts.map((each) => each.setting.literal));
        const known = new Map(findKnobs('train.py', source).map((knob) => [knob.name, knob]));
        const params = Object.fromEntries(parts.map((each, i) => [`k${i}`, each.setting.value]));
        const done = setKnobs('train.py', source, params);
        const literals = new Map(
          findKnobs('train.py', done.source).map(({ name, value, from, to }) => [
            name,
            { value, text: done.source.slice(from ?? 0, to ?? 0) },
          ]),
        );
        for (const name of known.keys()) expect(literals.get(name)?.value).toBe(params[name]);
        expect([...literals.keys()]).toEqual([...known.keys()]);
        const again = parts.map((each, i) => literals.get(`k${i}`)?.text ?? each.setting.literal);
        expect(done.source).toBe(write(again));
      }),
      RUNS,
    );
  });
});

describe('options', () => {
  it('become arguments that argparse reads as the values given', () => {
    const source = [
      'import argparse',
      'p = argparse.ArgumentParser()',
      'p.add_argument("-r", "--rate", type=float, default=0.5)',
      'p.add_argument("--batch-size", type=int, default=32)',
      'p.add_argument("--name", default="a")',
      'p.add_argument("-b", default="short")',
      'p.add_argument("--flag", type=bool, default=True)',
      'p.add_argument("--cuda", action="store_true")',
      'p.add_argument("--amp", action=argparse.BooleanOptionalAction, default=True)',
      'print(json.dumps(vars(p.parse_args())))',
    ].join('\n');
    const given = [
      { rate: -1, batch_size: 64, name: '--cuda', b: '-x', flag: false, cuda: true, amp: false },
      { rate: 1e-7, batch_size: -3, name: '', b: 'a b;"c"', flag: true, cuda: false, amp: true },
      { rate: 2, batch_size: 1, name: '=\n$HOME', b: '=', flag: true, cuda: true, amp: true },
    ];
    const done = given.map((params) => setKnobs('train.py', source, params));
    expect(done.map(({ env, source: same }) => [env, same])).toEqual(given.map(() => [{}, source]));
    expect(done[0]?.set[0]).toEqual({ name: 'rate', how: 'option', line: 3, from: 0.5, to: -1 });
    expect(python(done)).toEqual(given);
    expect(done[0]?.args).toEqual([
      '--rate=-1',
      '--batch-size=64',
      '--name=--cuda',
      '-b=-x',
      '--flag=',
      '--cuda',
      '--no-amp',
    ]);
  });

  it('of fire hold texts as Python literals, so that "5" stays a text', () => {
    const source = 'def main(name="a", rate=0.5): pass\nfire.Fire(main)';
    expect(setKnobs('train.py', source, { name: '[5]', rate: 1 }).args).toEqual(['--name="[5]"', '--rate=1']);
  });

  it('of the one command of a program of typer take the words that they were given', () => {
    const source =
      'app = typer.Typer()\n@app.command()\ndef main(rate: float = typer.Option(0.1, "--lr", "-l"), ' +
      'amp: Annotated[bool, typer.Option("--amp/--full")] = True, num_epochs: int = 3): pass\n';
    const { args } = setKnobs('train.py', source, { lr: 0.2, amp: false, num_epochs: 5 });
    expect(args).toEqual(['--lr=0.2', '--full', '--num-epochs=5']);
    const two = `${source}@app.command()\ndef test(rate: float = 0.1): pass\n`;
    expect(setKnobs('train.py', two, { lr: 0.2 }).args).toEqual([]);
  });

  it('of tyro and click switch by two words', () => {
    const tyro = '@dataclass\nclass A:\n    anneal_lr: bool = True\ntyro.cli(A)';
    const click = '@click.option("--gpu/--cpu", default=True)\ndef main(gpu): pass';
    expect(setKnobs('train.py', tyro, { anneal_lr: false }).args).toEqual(['--no-anneal-lr']);
    expect(setKnobs('train.py', click, { gpu: false }).args).toEqual(['--cpu']);
  });
});

it('what a call reads stays in the environment', () => {
  const source = 'x = mle.param("rate", 0.5)';
  expect(setKnobs('train.py', source, { rate: 1 })).toEqual({
    source,
    set: [],
    args: [],
    env: { rate: 1 },
    warnings: [],
  });
});

it('all stays in the environment where the file is not read', () => {
  expect(setKnobs('train.jl', 'x = 1', { x: 2, __proto__x: 1, constructor: 'a' })).toMatchObject({
    source: 'x = 1',
    env: { x: 2, __proto__x: 1, constructor: 'a' },
  });
});

it('what a run keeps of a program is short, however long its texts and names are', () => {
  const long = 'x'.repeat(100_000);
  const source = `name = "${long}"\n${long} = 1\nrate = 2\n`;
  // A text that nobody types is no knob.
  expect(setKnobs('train.py', source, { name: 'a' })).toMatchObject({ source, set: [], env: { name: 'a' } });
  expect(unreachedParams('train.py', source, { other: 1 })).toEqual([
    'other seems to reach nothing: train.py has rate and does not read MLE_PARAM_OTHER.',
  ]);
});

it('an option takes no text that is longer than an argument may be', () => {
  const source = 'def main(name="a"): pass\nfire.Fire(main)';
  const [most, more] = [1_024, 1_025].map((length) => setKnobs('train.py', source, { name: 'é'.repeat(length) }));
  expect(most?.args).toHaveLength(1);
  expect(most?.args.every(({ length }) => length <= LIMITS.commandChars)).toBe(true);
  expect(more).toMatchObject({ args: [], warnings: [expect.stringContaining('does not fit')] });
});
