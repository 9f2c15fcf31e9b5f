import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readParam, unreachedParams } from './param-readers';

const EXAMPLES = fileURLToPath(new URL('../../../../../examples/', import.meta.url));
const example = (path: string): string => readFileSync(`${EXAMPLES}${path}`, 'utf8');
const worksOut = (line: number): string => `train.py works rate out itself, line ${line}; it may not read this.`;
const of = (source: string, command: string | null = null, path = 'train.py') => ({ path, source, command });

describe('a parameter that the program sets itself', () => {
  it('is set by the server where its value is a plain one', () => {
    expect(
      unreachedParams(of(example('first-training/train.py')), { learning_rate: 0.001, activation: 'relu' }),
    ).toEqual([]);
    const javascript = of(example('first-training-js/train.mjs'), null, 'train.mjs');
    expect(unreachedParams(javascript, { learningRate: 0.001, hidden: 4, activation: 'relu' })).toEqual([]);
  });

  it.each([
    'rate = 1',
    'rate=-.5e-3  # of learning',
    'rate: float = 1_000.0',
    'export const rate = 1;',
    "rate = 'slow'",
    'rate = True\r',
  ])('is plain in %s', (line) => expect(unreachedParams(of(`\n${line}\n`), { rate: 2 })).toEqual([]));

  it.each([
    'rate = other = 1',
    'rate = 1 + 2',
    'rate = 1 / 2',
    'rate = "a" + b',
    'rate = f(1)',
    'rate = [',
    'rate: float = base',
  ])('is worked out in %s', (line) => expect(unreachedParams(of(`\n${line}\n`), { rate: 2 })).toEqual([worksOut(2)]));

  it.each(['  rate = 1', 'rate == 1', 'rates = 1', '# rate = 1', 'rate => 1'])('is not found in %s', (line) =>
    expect(unreachedParams(of(line), { rate: 2 })).toEqual([
      'train.py does not mention MLE_PARAM_RATE; it may not read rate.',
    ]),
  );
});

describe('a parameter that the program may read', () => {
  it.each([
    'rate = float(os.environ.get("MLE_PARAM_RATE", 0.01))',
    'rate = json.loads(os.environ["MLE_PARAMS"])["rate"]',
    'rate = read(f"MLE_PARAM_{name}")',
    'rate = mle.param("rate", 0.1)',
    "parser.add_argument('--rate', type=float)",
  ])('is no warning: %s', (line) => expect(unreachedParams(of(line), { rate: 2 })).toEqual([]));

  it('is one that the command names', () => {
    expect(unreachedParams(of('rate = 1', 'python train.py --lr {rate}'), { rate: 2 })).toEqual([]);
    expect(unreachedParams(of('add_argument("--batch-size")'), { batch_size: 2 })).toEqual([]);
  });
});

describe('a parameter to type', () => {
  it('is one that the program reads', () => {
    expect(readParam(of(example('spirals/train.py')))).toBe('learning_rate=0.01');
    expect(readParam(of('const rate = Number(process.env.MLE_PARAM_RATE ?? 0.5);'))).toBe('rate=0.5');
    expect(readParam(of("const rate = Number(process.env['MLE_PARAM_RATE'] ?? 0.5);"))).toBe('rate=0.5');
    expect(readParam(of('os.environ.get("MLE_PARAM_UNIT", "relu")'))).toBe('unit=relu');
    expect(readParam(of('rate = float(os.environ["MLE_PARAM_RATE"])'))).toBe('rate=1');
    expect(readParam(of('', 'python train.py {file} --seed {seed} --lr {lr}'))).toBe('lr=1');
  });

  it('is a plain number at the top of the file, where it reads none', () => {
    expect(readParam(of(example('first-training/train.py')))).toBe('learning_rate=0.5');
  });

  it('is none where it has none', () => {
    expect(readParam(of('name = "net"\nprint(1)\n'))).toBeNull();
    expect(readParam(of('params = os.environ["MLE_PARAMS"]'))).toBeNull();
  });
});

describe('a look at the text', () => {
  it.each(['export ', 'const ', 'a ', 'MLE_PARAM_', '"', '"-', '{', 'x:', '\n', '{a', 'rate: '])(
    'takes no longer than its length for repeated %p',
    (piece) => {
      const source = piece.repeat(1_000_000 / piece.length);
      const start = performance.now();
      unreachedParams(of(source, source.slice(0, 8_192)), { rate: 1 });
      readParam(of(source, source.slice(0, 8_192)));
      expect(performance.now() - start).toBeLessThan(1_000);
    },
  );
});
