import { KnobSchema } from '@mle/protocol';
import { findKnobs } from './find-knobs.js';

/** `name=value` of each knob, with its kind where it is not that of the value. */
const found = (source: string, path = 'train.py'): string[] =>
  findKnobs(path, source).map(({ name, value, kind, how }) => `${how} ${name}=${JSON.stringify(value)} ${kind}`);
const only = (source: string, path = 'train.py') => {
  const [knob, ...more] = findKnobs(path, source);
  if (knob === undefined || more.length > 0) throw new Error(`not one knob: ${found(source, path).join()}`);
  return KnobSchema.parse(knob);
};

describe('constants of Python', () => {
  it.each([
    ['rate = 0.5', 'rate=0.5 number'],
    ['rate = -0.5', 'rate=-0.5 number'],
    ['rate: float = 1e-3', 'rate=0.001 number'],
    ['rate = +.5', 'rate=0.5 number'],
    ['rate = 3E+2', 'rate=300 number'],
    ['rate = 1.', 'rate=1 number'],
    ['rate = -1.', 'rate=-1 number'],
    ['rate = 1.e3', 'rate=1000 number'],
    ['rate = -1.e-3', 'rate=-0.001 number'],
    ['steps = 1_000_000', 'steps=1000000 integer'],
    ['mask = 0x1F', 'mask=31 integer'],
    ['steps: int = -1', 'steps=-1 integer'],
    ['verbose = True', 'verbose=true boolean'],
    ['name = "a"', 'name="a" text'],
    ["name = 'it\\'s'", 'name="it\'s" text'],
    ['name = r"a\\n"', 'name="a\\\\n" text'],
    ['name = "tab\\tend"', 'name="tab\\tend" text'],
    ['name = "caf\\xe9 \\u00e9 \\U0001F600"', 'name="café é 😀" text'],
    ['name = """one line"""', 'name="one line" text'],
    ['\ufeffrate = 0.5', 'rate=0.5 number'],
    ['rate = 0.5\r\n', 'rate=0.5 number'],
    ['rate = 0.5; seed_of = other', 'rate=0.5 number'],
    ['if __name__ == "__main__":\n    rate = 0.5\n    main(rate)\n', 'rate=0.5 number'],
    ['rate = 0.5\nfor i in range(9):\n    rate *= 0.9\n', 'rate=0.5 number'],
    ['rate = 0.5\ndef f():\n    rate = 2\n', 'rate=0.5 number'],
    ['rate = 0.5\nsettings.rate = 3\ntable[rate] = 4', 'rate=0.5 number'],
  ])('%j', (source, expected) => {
    expect(found(source)).toEqual([`constant ${expected}`]);
  });

  it('each name of a tuple', () => {
    expect(found('rate, steps = 0.5, 3')).toEqual(['constant rate=0.5 number', 'constant steps=3 integer']);
  });

  it.each([
    'rate = 0.5 * 2',
    'rate = other',
    'rate = None',
    'rate = 1j',
    'rate = 1e999',
    'rate = 9007199254740993',
    'rate = 0123',
    'rate = not 1',
    'rate = ~1',
    'rate = 1 .real',
    'rate = 1e3-4',
    'rate = - -1',
    'rate = b"bytes"',
    'rate = f"{x}"',
    'rate = "a" "b"',
    'rate = "\\N{BULLET}"',
    'text = """one\ntwo"""',
    'rate = other = 0.5',
    'settings.rate = 0.5',
    'rates[0] = 0.5',
    '(rate, steps), other = pair, call()',
    '__version__ = "1.0"',
    'λ = 0.5',
    'rate = 0.5\nrate = 0.1',
    'rate = 0.5\nif fast:\n    rate = 0.1',
    'best = 0\nfor i in range(9):\n    best = max(best, i)',
    'count = 0\nwhile more():\n    count += 1',
    'rate = 0.5\nfor rate in rates: pass',
    'rate = 0.5\nwith open(name) as rate: pass',
    'rate = 0.5\nif (rate := 3): pass',
    'rate = 0.5\nrate, other = 1, call()',
    'best = 0\ndef main():\n    global best\n    best = 1',
    'def f():\n    rate = 0.5',
    'class Config:\n    rate = 0.5',
    'if fast:\n    rate = 0.5',
    'config = {"rate": 0.5}',
    'call(rate=0.5)',
    '# rate = 0.5',
    '"""\nrate = 0.5\n"""',
  ])('none in %j', (source) => {
    expect(found(source)).toEqual([]);
  });

  it('goes on behind errors', () => {
    const source = 'rate = 0.5\nx = = 3\nname = "open\nsteps = 3\nif fast\n    pass\nmomentum = 0.9\ncall(\n';
    expect(found(source)).toEqual(expect.arrayContaining(['constant rate=0.5 number', 'constant momentum=0.9 number']));
  });

  it('says where: the line, and the literal with its sign', () => {
    const source = '\ufeff# settings\r\nrate: float = -0.5  # of learning\r\n';
    const { line, from, to } = only(source);
    expect([line, source.slice(from ?? 0, to ?? 0)]).toEqual([2, '-0.5']);
  });
});

describe('options', () => {
  const argparse = (args: string): string[] => found(`parser.add_argument(${args})`);

  it.each([
    ['"--rate", type=float, default=1', 'rate=1 number'],
    ['"--rate", type=float, default="0.5"', 'rate=0.5 number'],
    ['"--rate", default=0.5, help="a, b"', 'rate=0.5 number'],
    ['"-b", "--batch-size", type=int, default=32, metavar="N"', 'batch_size=32 integer'],
    ['"-b", default=32', 'b=32 integer'],
    ['"--steps", type=int, default=int(1e6)', undefined],
    ['"--name", type=str, default="a"', 'name="a" text'],
    ['"--name", default=None', undefined],
    ['"--name"', undefined],
    ['"name", default="a", nargs="?"', undefined],
    ['"--sizes", default=3, nargs="+"', undefined],
    ['"--cuda", action="store_true"', 'cuda=false boolean'],
    ['"--cuda", action="store_true", default=False', 'cuda=false boolean'],
    ['"--cuda", action="store_true", default=True', undefined],
    ['"--no-shuffle", action="store_false", dest="shuffle"', 'no_shuffle=false boolean'],
    ['"--amp", action=argparse.BooleanOptionalAction, default=True', 'amp=true boolean'],
    ['"-v", action="count", default=0', undefined],
    ['"--track", type=lambda x: bool(strtobool(x)), default=False, nargs="?", const=True', 'track=false boolean'],
    ['"--depth", type=int, default=18, choices=[18, 34, 50]', 'depth=18 choice'],
  ])('argparse %s', (args, expected) => {
    expect(argparse(args)).toEqual(expected === undefined ? [] : [`option ${expected}`]);
  });

  it.each([
    ['"--rate", default=0.5, type=float', 'rate=0.5 number'],
    ['"--network", "network_pkl", default="a", type=str', 'network="a" text'],
    ['"--opt", type=click.Choice(["adam", "sgd"]), default="adam"', 'opt="adam" choice'],
    ['"--steps", type=click.IntRange(min=1), default=200', 'steps=200 integer'],
    ['"--gpu/--no-gpu", default=False', 'gpu=false boolean'],
    ['"--dry-run", is_flag=True', 'dry_run=false boolean'],
    ['"--size", default=3, multiple=True', undefined],
    ['"header", "true"', undefined],
  ])('click %s', (args, expected) => {
    const source = `@click.command()\n@click.option(${args})\ndef main(**kw):\n    pass\n`;
    expect(found(source)).toEqual(expected === undefined ? [] : [`option ${expected}`]);
  });

  it('absl', () => {
    const source = [
      'flags.DEFINE_float("rate", 1, "of learning")',
      'RATE = flags.DEFINE_integer("steps", 100, "")',
      'tf.app.flags.DEFINE_boolean("augment", True, "")',
      'flags.DEFINE_enum("opt", "sgd", ["sgd", "adam"], "")',
      'flags.DEFINE_string("path", None, "")',
      'flags.DEFINE_list("sizes", ["1", "2"], "")',
    ].join('\n');
    expect(found(source)).toEqual([
      'option rate=1 number',
      'option steps=100 integer',
      'option augment=true boolean',
      'option opt="sgd" choice',
    ]);
  });

  it('parameters of a function that fire makes a command of', () => {
    const source = 'def train(data, rate: float = 1, *, name="a", sizes=[1], **more): pass\nfire.Fire(train)\n';
    expect(found(source)).toEqual(['option rate=1 number', 'option name="a" text']);
    expect(found(source.replace('fire.Fire(train)', 'train("x")'))).toEqual([]);
  });

  it('fields of a class that tyro makes a command of', () => {
    const source = [
      '@dataclass',
      'class Args:',
      '    seed: int = 1',
      '    anneal_lr: bool = True',
      '    target: Optional[float] = None',
      '    opt: Literal["adam", "sgd"] = "adam"',
      '    batch_size: int = field(default=32)',
      '    plain = 3',
      'args = tyro.cli(Args)',
    ].join('\n');
    expect(found(source)).toEqual([
      'option seed=1 integer',
      'option anneal_lr=true boolean',
      'option opt="adam" choice',
      'option batch_size=32 integer',
    ]);
  });

  it('wins over a constant and over a call of its name', () => {
    const source = 'lr = 0.1\nx = mle.param("lr", 0.2)\nparser.add_argument("--lr", default=0.3)\n';
    expect(found(source)).toEqual(['option lr=0.3 number']);
  });
});

describe('calls', () => {
  it.each([
    ['rate = mle.param("rate", 0.1)', 'rate=0.1 number'],
    ['rate = mle.param("rate", default=-1)', 'rate=-1 integer'],
    ['rate = float(mle.param("rate", 1))', 'rate=1 number'],
    ['act = mle.param("act", "tanh", choices=["tanh", "relu"])', 'act="tanh" choice'],
    ['rate = float(os.environ.get("MLE_PARAM_RATE", 0.01))', 'rate=0.01 number'],
    ['depth = int(os.getenv("MLE_PARAM_DEPTH", "2"))', 'depth=2 integer'],
    ['home = os.environ.get("HOME", "/")', undefined],
    ['rate = mle.param("rate")', undefined],
    ['rate = other.param("rate", 0.1)', undefined],
  ])('%s', (source, expected) => {
    expect(found(source)).toEqual(expected === undefined ? [] : [`call ${expected}`]);
  });

  it('a number in quotes is edited between them', () => {
    const source = 'depth = int(os.getenv("MLE_PARAM_DEPTH", "2"))';
    const { from, to } = only(source);
    expect(source.slice(from ?? 0, to ?? 0)).toBe('2');
  });
});

describe('choices', () => {
  it.each([
    ['act = "tanh"  # or "relu"', ['tanh', 'relu']],
    ["init = 'scratch'  # 'scratch' or 'resume' or 'gpt2'", ['scratch', 'resume', 'gpt2']],
    ['opt = "sgd"  # one of: "adam", "sgd"', ['sgd', 'adam']],
    ["loss = 'a'  # don't use 'b' or 'c'", ['a', 'b', 'c']],
    ['act = "tanh"\nif act == "relu": pass', ['tanh', 'relu']],
    ['act = "tanh"\ndef f(args):\n    if "relu" != args.act: pass', ['tanh', 'relu']],
    ['act = "tanh"\nassert act in ("tanh", "relu", "gelu")', ['tanh', 'relu', 'gelu']],
    ['act = "tanh"\nf = {"tanh": tanh, "relu": relu}[act]', ['tanh', 'relu']],
    ['act = "tanh"\nF = {"tanh": tanh, "relu": relu}\nf = F[act]', ['tanh', 'relu']],
    ['act = "tanh"\nmatch act:\n    case "relu": pass\n    case "gelu" | "elu": pass', ['tanh', 'relu', 'gelu', 'elu']],
  ])('%s', (source, expected) => {
    expect(only(source)).toMatchObject({ kind: 'choice', suggest: expected });
  });

  it.each(['name = "run"  # shown in "x" plots', 'name = "run"  # the name', 'name = "run"\nif other == "x": pass'])(
    'none in %s',
    (source) => {
      expect(only(source)).toMatchObject({ kind: 'text', suggest: ['run'] });
    },
  );

  it('holds the default of an option that its choices leave out', () => {
    expect(only('p.add_argument("--n", default=1, choices=[2, 3])')).toMatchObject({ value: 1, suggest: [1, 2, 3] });
  });
});

describe('suggestions', () => {
  it.each([
    ['learning_rate = 0.5', 'log', [0.05, 0.16, 0.5, 1.6, 5]],
    ['learning_rate = 1.6', 'log', [0.16, 0.5, 1.6, 5, 16]],
    ['learning_rate = 1', 'log', [0.1, 0.32, 1, 3.2, 10]],
    ['weight_decay = 0', 'log', [0, 0.0001, 0.001, 0.01, 0.1]],
    ['threshold = 1e-4', 'log', [0.00001, 0.000032, 0.0001, 0.00032, 0.001]],
    ['batch_size = 32', 'two', [8, 16, 32, 64, 128]],
    ['layers = 1', 'two', [1, 2, 4]],
    ['warm_up = 0', 'two', [0, 1, 2, 4]],
    ['width = 64.0', 'two', [16, 32, 64, 128, 256]],
    ['frame_rate = 25', 'two', [6, 13, 25, 50, 100]],
    ['seed = 7', 'linear', [7, 8, 9]],
    ['noise = 0.25', 'linear', [0, 0.125, 0.25, 0.375, 0.5]],
    ['dropout = 0.5', 'linear', [0, 0.25, 0.5, 0.75]],
    ['momentum = 0.9', 'linear', [0.6, 0.8, 0.9, 0.95, 0.975]],
    ['scale = -2.5', 'linear', [-5, -3.75, -2.5, -1.25, 0]],
    ['shuffle = True', 'linear', [false, true]],
  ])('%s', (source, scale, suggest) => {
    expect(only(source)).toMatchObject({ scale, suggest });
  });
});

describe('JavaScript and TypeScript', () => {
  it.each([
    ['const rate = 0.5;', 'rate=0.5 number'],
    ['let steps = 1_000', 'steps=1000 integer'],
    ['export const rate = -1e-3;', 'rate=-0.001 number'],
    ["const act = 'ta\\u006eh';", 'act="tanh" text'],
    ['var verbose = true;', 'verbose=true boolean'],
    ["const act = 'tanh'; // or 'relu'", 'act="tanh" choice'],
    ["const act = 'tanh';\nif (act === 'relu') {}", 'act="tanh" choice'],
    ["const act = 'tanh';\nswitch (act) { case 'relu': break; default: }", 'act="tanh" choice'],
    ["const act = 'tanh';\nconst f = { tanh, relu: g }[act];", 'act="tanh" choice'],
    ['let rate = 0.5;\nrate *= 0.9;', 'rate=0.5 number'],
  ])('%j', (source, expected) => {
    expect(found(source, 'train.mjs')).toEqual([`constant ${expected}`]);
  });

  it.each([
    'const n = 10n;',
    'const t = `text`;',
    'const { rate } = { rate: 1 };',
    'let best = 0;\nfunction f() { best = 1; }',
    'let i = 0;\ni++;',
    'let i = 0;\n--i;',
    'let a = 0, b = other;\n[a] = [3];',
    'function f() { const rate = 0.5; }',
    'const $rate = 1;',
  ])('none in %j', (source) => {
    expect(found(source, 'train.js')).toEqual([]);
  });

  it('reads types', () => {
    expect(found('const rate: number = 0.5;', 'train.ts')).toEqual(['constant rate=0.5 number']);
  });
});

it('adds what the project defines and the file does not have', () => {
  const knobs = findKnobs('train.py', 'rate = 0.5', { rate: 3, steps: 10, name: 'a' });
  expect(knobs.map(({ name, how, line, value }) => [name, how, line, value])).toEqual([
    ['rate', 'constant', 1, 0.5],
    ['steps', 'setting', null, 10],
    ['name', 'setting', null, 'a'],
  ]);
});

it('finds nothing in files of other languages', () => {
  expect(findKnobs('train.jl', 'rate = 0.5')).toEqual([]);
  expect(findKnobs('py', 'rate = 0.5')).toEqual([]);
});
